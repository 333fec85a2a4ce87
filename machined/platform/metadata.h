// What a cloud says about the machine itself.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "machined/platform/problems.h"
#include "talos/resource/definitions/runtime/runtime.pb.h"

namespace ichor {

using PlatformMetadataSpec = talos::resource::definitions::runtime::PlatformMetadataSpec;
// The texts of files by their names on the platform.
using PlatformFiles = std::map<std::string, std::string, std::less<>>;

// nocloud: of the file meta-data, a mapping in YAML. What the serial number of the machine says
// (h=, i=) wins.
PlatformMetadataSpec ReadNocloudMetadata(std::string_view text, std::string_view serial_number,
                                         FileProblems& problems);

// hcloud: of the files hostname, instance-id and availability-zone. The region is the zone's text
// before the first dash.
PlatformMetadataSpec ReadHcloudMetadata(const PlatformFiles& files);

}  // namespace ichor
