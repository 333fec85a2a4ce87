#include "lib/config/encode.h"

#include <memory>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "config/legacy.pb.h"
#include "config/link.pb.h"
#include "lib/base/status_matchers.h"
#include "lib/config/config.h"
#include "lib/config/random_config.h"

namespace ichor::config {
namespace {

TEST_CASE("encode: fields come in order, always-written ones even if empty") {
  v1alpha1::LegacyConfig legacy;
  v1alpha1::Machine& machine = *legacy.mutable_machine();
  machine.set_type("worker");
  machine.mutable_ca()->set_crt("a");
  machine.mutable_install()->set_disk("/dev/sda");
  machine.mutable_install()->set_wipe(false);
  (*machine.mutable_sysctls())["b"] = "1";
  (*machine.mutable_sysctls())["a"] = "text";
  machine.mutable_time()->mutable_boot_timeout()->set_seconds(90);
  CHECK(Encode(legacy) == R"(version: v1alpha1
machine:
    type: worker
    token: ""
    ca:
        crt: YQ==
        key: ""
    certSANs: []
    install:
        disk: /dev/sda
        wipe: false
    time:
        bootTimeout: 1m30s
    sysctls:
        a: text
        b: "1"
cluster: {}
)");
}

TEST_CASE("encode: keys that are not there are shown in comments, at their place") {
  v1alpha1::LegacyConfig legacy;
  v1alpha1::Machine& machine = *legacy.mutable_machine();
  machine.set_type("worker");
  machine.mutable_install()->set_wipe(false);
  machine.mutable_kernel();
  const std::string text = Encode(legacy, {.examples = true});
  CHECK(
      text.contains("        # Path of the disk.\n"
                    "        #     disk: /dev/nvme0n1\n"));
  CHECK(text.contains("    #         net.ipv4.ip_forward: \"1\"\n"));
  CHECK(text.find("disk: /dev/nvme0n1") < text.find("        wipe: false"));
  const auto read = Load("n1.yaml", text);
  REQUIRE_THAT(read, base::IsOk());
  CHECK(Encode(*read->documents().front().message) == Encode(legacy));
}

TEST_CASE("encode: a document says its kind") {
  v1alpha1::LinkConfig link;
  link.set_name("eth0");
  v1alpha1::LinkRoute& route = *link.add_routes();
  route.set_gateway("fd00::1");
  route.set_table(254);
  CHECK(Encode(link) == R"(apiVersion: v1alpha1
kind: LinkConfig
name: eth0
routes:
    - gateway: fd00::1
      table: main
)");
}

TEST_CASE("encode: what is encoded reads back as itself") {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    const auto config = Load("", RandomConfig(seed).Config());
    if (!config.ok()) continue;  // two links of one name
    for (const Document& document : config->documents()) {
      const std::string text = Encode(*document.message);
      INFO(text);
      const auto again = Load("", text);
      REQUIRE_THAT(again.status(), base::IsOk());
      CHECK(Encode(*again->documents()[0].message) == text);
    }
  }
}

}  // namespace
}  // namespace ichor::config
