#include "machined/secrets/recovery.h"

#include <chrono>
#include <memory>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/pki/identity.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/fake_block_devices.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {
namespace {

using boot::NodeStage;
using secrets::OSRootSecret;

struct Fixture {
  Fixture() {
    t.runtime.AddSource<NodeStage>("config");
    t.runtime.AddSource<OSRootSecret>("config");
    devices.Add("/dev/sda4", {.size_bytes = kMetaBytes}, std::string(kMetaBytes, '\0'));
    RegisterRecovery(t.runtime, *t.loop, meta, secrets);
    REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
    meta.OnFound("/dev/sda4", std::string(kMetaCopies * kMetaBlockBytes, '\0'));
  }
  void Say(NodeStage::Spec::Stage stage, const std::string& ca) {
    NodeStage::Spec spec;
    spec.set_stage(stage);
    t.runtime.Publish<NodeStage>("config", {{"stage", spec}});
    Desired<OSRootSecret> roots;
    if (!ca.empty()) {
      OSRootSecret::Spec root;
      root.add_accepted_cas()->set_crt(ca);
      roots.Add("os", root);
    }
    t.runtime.Publish<OSRootSecret>("config", std::move(roots));
    t.Settle();
    t.Advance(std::chrono::seconds(1));
  }

  static constexpr std::size_t kMetaBytes = 1 << 20;
  TestRuntime t;
  sys::FakeBlockDevices devices;
  MetaStore meta{
      {.runtime = t.runtime, .loop = *t.loop, .executor = t.executor, .devices = devices}};
  ApiSecrets secrets{t.runtime, *t.loop, t.clock};
};

}  // namespace

TEST_CASE("recovery: META remembers who administers the node, and lets them repair it") {
  Fixture f;
  const std::string ca =
      pki::NewAuthority(pki::OsAuthority(), f.t.clock.Now())->certificate.ToPem();
  f.Say(NodeStage::Spec::INSTALLING, ca);
  CHECK_FALSE(f.meta.Get(kRecoveryCasKey).has_value());
  f.Say(NodeStage::Spec::CONFIGURED, ca);
  CHECK(f.meta.Get(kRecoveryCasKey) == ca);

  f.secrets.SetStage(NodeStage::Spec::RECOVERY);
  f.Say(NodeStage::Spec::RECOVERY, "");
  const auto rows = f.t.runtime.Read<secrets::ApiCertificate>();
  REQUIRE(rows.size() == 1);
  CHECK(rows.front().spec().accepted_cas(0).crt() == ca);
  CHECK(f.meta.Get(kRecoveryCasKey) == ca);
}

}  // namespace ichor
