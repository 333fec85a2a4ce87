#include "machined/platform/files.h"

#include <string>

#include "machined/sources/nocloud.h"

namespace ichor {
namespace {

constexpr std::string_view kHcloudMetadata = "http://169.254.169.254/hetzner/v1/metadata/";

}  // namespace

std::vector<ConfigSource> PlatformFileSources(std::string_view command_line,
                                              std::string_view serial_number) {
  using Place = ConfigSource::Place;
  const std::string_view platform = PlatformOf(command_line);
  std::vector<ConfigSource> files;
  if (platform == "nocloud") {
    const std::string url = ReadNocloudSettings(serial_number).base_url;
    for (const char* const name : {"meta-data", "network-config"}) {
      files.push_back({.name = name,
                       .place = url.empty() ? Place::kVolume : Place::kUrl,
                       .value = url + name,
                       .labels = {"cidata", "CIDATA"}});
    }
  } else if (platform == "hcloud") {
    for (const char* const name :
         {"hostname", "instance-id", "availability-zone", "public-ipv4", "network-config"}) {
      files.push_back(
          {.name = name, .place = Place::kUrl, .value = std::string(kHcloudMetadata) + name});
    }
  }
  return files;
}

}  // namespace ichor
