#include "machined/platform/metadata.h"

#include <format>

#include "absl/status/statusor.h"
#include "lib/base/status.h"
#include "lib/yaml/document.h"
#include "machined/sources/nocloud.h"

namespace ichor {
namespace {

// Without the line break that servers put behind it.
std::string Trimmed(const PlatformFiles& files, std::string_view name) {
  const auto found = files.find(name);
  if (found == files.end()) {
    return "";
  }
  const std::string& text = found->second;
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  return begin == std::string::npos ? "" : text.substr(begin, end - begin + 1);
}

void ReadFields(const Fields& fields, PlatformMetadataSpec& metadata) {
  metadata.set_internal_dns(fields.Text("local-hostname"));
  metadata.set_external_dns(fields.Text("public-hostname"));
  const std::string hostname = fields.Text("hostname");
  metadata.set_hostname(hostname.empty() ? metadata.internal_dns() : hostname);
  metadata.set_instance_id(fields.Text("instance-id"));
  metadata.set_instance_type(fields.Text("instance-type"));
  metadata.set_provider_id(fields.Text("provider-id"));
  metadata.set_region(fields.Text("region"));
  metadata.set_zone(fields.Text("zone"));
}

}  // namespace

PlatformMetadataSpec ReadNocloudMetadata(std::string_view text, std::string_view serial_number,
                                         FileProblems& problems) {
  PlatformMetadataSpec metadata;
  metadata.set_platform("nocloud");
  yml::Source source{.file = "", .text = std::string(text)};
  const absl::StatusOr<yml::Node> document = yml::ReadDocument(source);
  if (!document.ok() && !text.empty()) {
    problems.Add(std::string(base::MessageOf(document.status())));
  } else if (document.ok() && !document->IsNull()) {
    ReadFields(Fields(*document, problems), metadata);
  }
  const NocloudSettings settings = ReadNocloudSettings(serial_number);
  if (!settings.hostname.empty()) {
    metadata.set_hostname(settings.hostname);
  }
  if (!settings.instance_id.empty()) {
    metadata.set_instance_id(settings.instance_id);
  }
  return metadata;
}

PlatformMetadataSpec ReadHcloudMetadata(const PlatformFiles& files) {
  PlatformMetadataSpec metadata;
  metadata.set_platform("hcloud");
  metadata.set_hostname(Trimmed(files, "hostname"));
  metadata.set_instance_id(Trimmed(files, "instance-id"));
  metadata.set_zone(Trimmed(files, "availability-zone"));
  metadata.set_region(metadata.zone().substr(0, metadata.zone().find('-')));
  if (!metadata.instance_id().empty()) {
    metadata.set_provider_id(std::format("hcloud://{}", metadata.instance_id()));
  }
  return metadata;
}

}  // namespace ichor
