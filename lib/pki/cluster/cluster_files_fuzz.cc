// Any bytes as the files of a cluster: what is accepted comes back as it was.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/log/check.h"
#include "lib/pki/cluster/client_config.h"
#include "lib/pki/cluster/secrets.h"
#include "lib/pki/cluster/secrets_validation.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto secrets = ichor::pki::ClusterSecretsFromYaml(text); secrets.ok()) {
    ichor::pki::ProblemsOf(*secrets);
    const ichor::pki::Secret yaml = ichor::pki::ToYaml(*secrets);
    const auto again = ichor::pki::ClusterSecretsFromYaml(yaml.text());
    CHECK_OK(again.status());
    CHECK(ichor::pki::ToYaml(*again) == yaml);
  }
  if (const auto config = ichor::pki::ClientConfigFromYaml(text); config.ok()) {
    const ichor::pki::Secret yaml = ichor::pki::ToYaml(*config);
    const auto again = ichor::pki::ClientConfigFromYaml(yaml.text());
    CHECK_OK(again.status());
    CHECK(ichor::pki::ToYaml(*again) == yaml);
  }
  return 0;
}
