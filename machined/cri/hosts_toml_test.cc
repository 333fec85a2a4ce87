#include "machined/cri/hosts_toml.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/resource/text.h"
#include "machined/cri/toml_text.h"

namespace ichor {
namespace {

using Files = std::map<std::string, std::string>;

Files FilesOf(const std::string& registries) {
  return HostsFiles(cri::RegistryConfig::Spec(Text(registries)));
}

}  // namespace

TEST_CASE("hosts toml: endpoints in the config's order, the registry itself at last") {
  CHECK(FilesOf(R"(registry_mirrors { key: "docker.io" value {
                     mirror_endpoints { endpoint_endpoint: "http://z:5000" }
                     mirror_endpoints { endpoint_endpoint: "https://a/v2/x" endpoint_override_path: true } } })") ==
        Files{{"docker.io/hosts.toml",
               "[host.\"http://z:5000\"]\n"
               "  capabilities = [\"pull\", \"resolve\"]\n"
               "\n"
               "[host.\"https://a/v2/x\"]\n"
               "  capabilities = [\"pull\", \"resolve\"]\n"
               "  override_path = true\n"}});
}

TEST_CASE("hosts toml: without fallback the last endpoint stands for the registry") {
  CHECK(FilesOf(R"(registry_mirrors { key: "*" value {
                     mirror_skip_fallback: true
                     mirror_endpoints { endpoint_endpoint: "http://a" }
                     mirror_endpoints { endpoint_endpoint: "http://b" } } })") ==
        Files{{"_default/hosts.toml",
               "server = \"http://b\"\n"
               "capabilities = [\"pull\", \"resolve\"]\n"
               "\n"
               "[host.\"http://a\"]\n"
               "  capabilities = [\"pull\", \"resolve\"]\n"}});
}

TEST_CASE("hosts toml: certificates lie beside the file that names them, by the endpoint's host") {
  CHECK(FilesOf(R"(registry_mirrors { key: "ghcr.io" value {
                     mirror_endpoints { endpoint_endpoint: "https://m:5000" } } }
                   registry_tls { key: "m:5000" value { tls_ca: "CA"
                     tls_client_identity { crt: "C" key: "K" } } })") ==
        Files{{"ghcr.io/hosts.toml",
               "[host.\"https://m:5000\"]\n"
               "  capabilities = [\"pull\", \"resolve\"]\n"
               "  ca = \"/etc/cri/conf.d/hosts/ghcr.io/m:5000-ca.crt\"\n"
               "  client = [[\"/etc/cri/conf.d/hosts/ghcr.io/m:5000-client.crt\", "
               "\"/etc/cri/conf.d/hosts/ghcr.io/m:5000-client.key\"]]\n"},
              {"ghcr.io/m:5000-ca.crt", "CA"},
              {"ghcr.io/m:5000-client.crt", "C"},
              {"ghcr.io/m:5000-client.key", "K"},
              {"m_5000_/hosts.toml",
               "server = \"https://m:5000\"\n"
               "ca = \"/etc/cri/conf.d/hosts/m_5000_/m:5000-ca.crt\"\n"
               "client = [[\"/etc/cri/conf.d/hosts/m_5000_/m:5000-client.crt\", "
               "\"/etc/cri/conf.d/hosts/m_5000_/m:5000-client.key\"]]\n"},
              {"m_5000_/m:5000-ca.crt", "CA"},
              {"m_5000_/m:5000-client.crt", "C"},
              {"m_5000_/m:5000-client.key", "K"}});
}

TEST_CASE("hosts toml: TLS of a registry without mirrors is that of its default host") {
  CHECK(FilesOf(R"(registry_tls { key: "docker.io" value { tls_insecure_skip_verify: true } })") ==
        Files{{"docker.io/hosts.toml",
               "server = \"https://registry-1.docker.io\"\nskip_verify = true\n"}});
}

TEST_CASE("toml text: what would end a string is escaped") {
  CHECK(QuoteToml("a\"b\\c\nd") == R"("a\"b\\c\u000ad")");
}

}  // namespace ichor
