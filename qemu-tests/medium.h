// Small media with one file, which lie beside a machine's own disk.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace ichor::qemu {

enum class MediumKind : std::uint8_t { kVfat, kIso };

struct Medium {
  MediumKind kind = MediumKind::kVfat;
  std::string label;
  std::string file_name;  // in small letters
  std::string content;
};

// Makes the file `path`, which must not be there. An error has a tool's name; its output is in
// `path`.log.
absl::Status MakeMedium(const Medium& medium, const std::string& path);

// A medium of ECMA-119 (ISO 9660) without extensions, whose only directory has the one file. Its
// name is there in capitals, which a system shows in small letters.
std::string IsoImage(const Medium& medium);

}  // namespace ichor::qemu
