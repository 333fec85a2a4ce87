#include <filesystem>
#include <fstream>
#include <sstream>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/random.h"
#include "lib/base/status_matchers.h"
#include "lib/resource/address_text.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_rows.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/volume/fake_mounts.h"
#include "machined/files/register.h"
#include "machined/files/render.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/files/files.resources.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor {
namespace {

using files::EtcFileStatus;
using network::HostnameStatus;
using network::NodeAddress;
using network::ResolverStatus;

// A directory that goes with the test.
struct Directory {
  Directory() {
    path = std::filesystem::temp_directory_path() /
           ("files_test." + std::to_string(std::hash<std::string>()(base::RandomBytes(8))));
    std::filesystem::create_directories(path / "etc");
    for (const char* const name : {"hosts", "resolv.conf"}) {
      std::filesystem::create_symlink(std::string("../system/etc/") + name, path / "etc" / name);
    }
  }
  ~Directory() { std::filesystem::remove_all(path); }

  EtcFiles::Places Places() const { return {.etc = path / "etc", .generated = path}; }

  std::string Read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(path / name).rdbuf();
    return text.str();
  }

  std::filesystem::path path;
};

NodeAddress::Spec Address(const std::string& text) {
  NodeAddress::Spec spec;
  const auto prefix = ParseNetIPPrefix(text);
  REQUIRE(prefix.has_value());
  *spec.add_addresses() = *prefix;
  return spec;
}

ResolverStatus::Spec Resolvers(const std::vector<std::string>& addresses) {
  ResolverStatus::Spec spec;
  for (const std::string& text : addresses) {
    const auto address = ParseNetIP(text);
    REQUIRE(address.has_value());
    *spec.add_dns_servers() = *address;
  }
  return spec;
}

}  // namespace

TEST_CASE("files: hosts names this machine, resolv.conf at most three servers") {
  const Directory directory;
  TestRuntime t;
  sys::FakeMounts mounts;
  RegisterFiles(t.runtime, mounts, directory.Places());
  REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
  t.runtime.Publish<HostnameStatus>(
      "test", {{"hostname", Text("hostname: 'n1' domainname: 'example.org'")}});
  t.runtime.Publish<NodeAddress>("test", {{"default", Address("10.0.0.2/24")}});
  ResolverStatus::Spec resolvers = Resolvers({"1.1.1.1", "8.8.8.8", "9.9.9.9", "4.4.4.4"});
  resolvers.add_search_domains("example.org");
  t.runtime.Publish<ResolverStatus>("test", {{"resolvers", resolvers}});
  t.runtime.Publish<network::HostDNSConfig>("test", {{"config", {}}});
  network::StaticHost::Spec host;
  *host.add_addresses() = ParseNetIP("10.0.0.9").value_or(common::NetIP());
  t.runtime.Publish<config::MachineConfig>("test", {});
  t.runtime.Publish<network::StaticHost>("test", {{"store", host}, {"store.example.org", host}});
  t.Settle();

  CHECK(directory.Read("hosts") ==
        "127.0.0.1 localhost\n"
        "10.0.0.2 n1.example.org n1\n"
        "::1 localhost ip6-localhost ip6-loopback\n"
        "ff02::1 ip6-allnodes\n"
        "ff02::2 ip6-allrouters\n"
        "10.0.0.9 store store.example.org\n");
  CHECK(directory.Read("resolv.conf") ==
        "nameserver 1.1.1.1\nnameserver 8.8.8.8\nnameserver 9.9.9.9\nsearch example.org\n");
  CHECK(t.runtime.Read<EtcFileStatus>().find("hosts")->spec().spec_version() == "1");
  t.Advance(std::chrono::milliseconds(20));
  t.runtime.Publish<network::HostDNSConfig>("test", {{"config", Text("enabled: true")}});
  t.Settle();
  CHECK(directory.Read("resolv.conf") == "nameserver 127.0.0.53\nsearch example.org\n");
}

TEST_CASE("files: a name without an address is left out; a file that cannot be written is named") {
  TestRuntime t;
  sys::FakeMounts mounts;
  RegisterFiles(t.runtime, mounts,
                {.etc = "/nonexistent",
                 .generated = "/nonexistent",
                 .image = "/nonexistent",
                 .files = "/nonexistent/files",
                 .changed = "/nonexistent",
                 .work = "/nonexistent"});
  REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
  t.runtime.Publish<HostnameStatus>("test", {{"hostname", Text("hostname: 'n1'")}});
  t.runtime.Publish<NodeAddress>("test", {});
  t.runtime.Publish<ResolverStatus>("test", {});
  t.runtime.Publish<network::HostDNSConfig>("test", {});
  t.runtime.Publish<network::StaticHost>("test", {});
  t.runtime.Publish<config::MachineConfig>("test", {});
  t.Settle();
  const auto spec = t.runtime.Read<files::EtcFileSpec>();
  CHECK(spec.find("hosts")->spec().contents().find("n1") == std::string::npos);
  CHECK(t.runtime.Read<EtcFileStatus>().find("hosts")->spec().spec_version().empty());
}

TEST_CASE("files: those of EtcFileConfig are as they say") {
  config::MachineConfig::Spec spec;
  spec.set_yaml_marshalled(R"(apiVersion: v1alpha1
kind: EtcFileConfig
name: app/a.conf
mode: 0o600
contents: |
  a
---
apiVersion: v1alpha1
kind: EtcFileConfig
name: b
mode: 0
contents: ""
)");
  const auto rendered =
      RenderEtcFileConfigs(AllOf<config::MachineConfig>({{"v1alpha1", std::move(spec)}}));
  REQUIRE_THAT(rendered, base::IsOk());
  const auto rows = Stated(*rendered);
  REQUIRE(rows.size() == 2);
  CHECK(rows.find("app/a.conf")->spec().contents() == "a\n");
  CHECK(rows.find("app/a.conf")->spec().mode() == 0600);
  CHECK(rows.find("b")->spec().mode() == 0644);
}

}  // namespace ichor
