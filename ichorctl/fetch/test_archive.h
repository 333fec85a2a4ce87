// Archives for tests.
#pragma once

#include <string>

namespace ichor::ctl {

// One entry of a tar archive, with its contents. `type` as in its header: '0' is a file, '2' a
// symbolic link, '5' a directory.
std::string Entry(char type, const std::string& name, const std::string& contents,
                  const std::string& target = "");

std::string Gzip(const std::string& text);

}  // namespace ichor::ctl
