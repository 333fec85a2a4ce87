// Writes the generated files.
#pragma once

#include <string>

#include "lib/runtime/rows.h"
#include "talos/resource/definitions/files/files.resources.h"

namespace ichor {

// Brings the files below `directory`, which the links in /etc lead to, to what is desired; a file
// that is right already is not written. The report says which version of its spec each file has.
// Blocks.
Report<files::EtcFileStatus> ApplyEtcFiles(const All<files::EtcFileSpec>& desired,
                                           const std::string& directory);

}  // namespace ichor
