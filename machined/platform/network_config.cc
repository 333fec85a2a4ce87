#include "machined/platform/network_config.h"

#include <utility>

#include "lib/base/status.h"
#include "lib/resource/yaml.h"
#include "lib/yaml/document.h"
#include "machined/platform/network_builder.h"
#include "machined/platform/network_versions.h"
#include "machined/platform/problems.h"

namespace ichor {
namespace {

PlatformReading ReadNetworkConfig(std::string_view text, bool hcloud,
                                  const All<network::LinkStatus>& links) {
  FileProblems problems("network-config");
  NetworkBuilder builder(links);
  yml::Source source{.file = "", .text = std::string(text)};
  const absl::StatusOr<yml::Node> document = yml::ReadDocument(source);
  if (!document.ok()) {
    problems.Add(std::string(base::MessageOf(document.status())));
  } else if (!document->IsNull()) {
    const Fields top(*document, problems);
    const yml::Node* const inner = hcloud ? nullptr : top.Find("network");
    const yml::Node& root = inner == nullptr ? *document : *inner;
    const Fields fields(root, problems);
    const std::uint32_t version = fields.Number("version");
    if (version == 1) {
      ReadNetworkV1(root, hcloud, problems, builder);
    } else if (version == 2 && !hcloud) {
      ReadNetworkV2(root, problems, builder);
    } else {
      fields.Complain("version", hcloud ? "expected 1" : "expected 1 or 2");
    }
  }
  return {.config = std::move(builder).Take(), .problems = std::move(problems).Take()};
}

}  // namespace

absl::StatusOr<network::PlatformConfig::Spec> ReadPlatformConfig(std::string_view text) {
  network::PlatformConfig::Spec config;
  RETURN_IF_ERROR(FromYaml(text, config));
  CompletePlatformConfig(config);
  return config;
}

PlatformReading ReadNocloudNetwork(std::string_view text, const All<network::LinkStatus>& links) {
  return ReadNetworkConfig(text, false, links);
}

PlatformReading ReadHcloudNetwork(std::string_view text, const All<network::LinkStatus>& links) {
  return ReadNetworkConfig(text, true, links);
}

}  // namespace ichor
