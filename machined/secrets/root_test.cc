#include "machined/secrets/root.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

config::MachineConfig::Spec Config(const std::string& text) {
  config::MachineConfig::Spec spec;
  spec.set_yaml_marshalled(text);
  return spec;
}

constexpr const char* kMachine = R"(machine:
  type: controlplane
  token: a.b
  ca: {crt: Y2E=, key: a2V5}
  acceptedCAs: [{crt: b2xk}]
  certSANs: [10.0.0.5, n1.example.org]
cluster: {}
)";

template <class T>
typename T::Spec Only(absl::StatusOr<Desired<T>> desired, const std::string& id) {
  REQUIRE_THAT(desired, base::IsOk());
  const Rows rows = std::move(*desired).Take();
  REQUIRE(rows.size() == 1);
  CHECK(rows.front().id == id);
  return static_cast<const typename T::Spec&>(*rows.front().spec->message());
}

}  // namespace

TEST_CASE("os root: the config's CA signs, and those that it accepts let clients in too") {
  const auto configs = AllOf<config::MachineConfig>({{"v1alpha1", Config(kMachine)}});
  const auto root = Only(DeriveOsRoot(configs), "os");
  CHECK(root.issuing_ca().crt() == "ca");
  CHECK(root.issuing_ca().key() == "key");
  REQUIRE(root.accepted_cas_size() == 2);
  CHECK(root.accepted_cas(0).crt() == "ca");
  CHECK(root.accepted_cas(1).crt() == "old");
  REQUIRE(root.cert_san_ips_size() == 1);
  CHECK(root.cert_san_ips(0).ip() == std::string("\x0a\0\0\x05", 4));
  REQUIRE(root.cert_san_dns_names_size() == 1);
  CHECK(root.cert_san_dns_names(0) == "n1.example.org");
  CHECK(root.token() == "a.b");
}

TEST_CASE("machine type: as the config says; none without one") {
  const auto configs = AllOf<config::MachineConfig>({{"v1alpha1", Config(kMachine)}});
  CHECK(Only(DeriveMachineType(configs), "machine-type").machine_type() ==
        resource::config::CONTROL_PLANE);
  const auto part = AllOf<config::MachineConfig>(
      {{"v1alpha1", Config("apiVersion: v1alpha1\nkind: HostnameConfig\nhostname: n1\n")}});
  CHECK(std::move(*DeriveMachineType(part)).Take().empty());
  CHECK(std::move(*DeriveOsRoot(part)).Take().empty());
}

}  // namespace ichor
