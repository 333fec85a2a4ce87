// What stage 1 tells those after it: docs/boot.md, "What stage 1 leaves behind".
#pragma once

#include <string_view>

#include "lib/early/console.h"

namespace ichor::stage1 {

// Says what it writes, and errors that do not stop the boot, to the console too.
class BootFacts {
 public:
  explicit BootFacts(const early::Console& console) : console_(console) {}

  // Makes /system/run/boot; /system must be mounted.
  void Open() const;
  // Writes a file of one line, or of several.
  void Write(std::string_view name, std::string_view text) const;
  // Notes an error that does not stop the boot.
  void NoteError(std::string_view text);

 private:
  const early::Console& console_;
  early::Text<2048> errors_;
};

}  // namespace ichor::stage1
