// Which files a cloud has for the machine, beside the config.
#pragma once

#include <string_view>
#include <vector>

#include "machined/sources/plan.h"

namespace ichor {

// On nocloud meta-data and network-config, of the server that the machine's serial number names or
// of the volume cidata; on hcloud those of its metadata service. None on metal, where META has it.
// `name` is the file's.
std::vector<ConfigSource> PlatformFileSources(std::string_view command_line,
                                              std::string_view serial_number);

}  // namespace ichor
