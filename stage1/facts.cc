#include "stage1/facts.h"

#include <sys/stat.h>

#include "lib/early/file.h"

namespace ichor::stage1 {

void BootFacts::Open() const {
  early::MakeDirectories("/system/run/boot", 0755);
  ::chmod("/system/run", 0751);
}

void BootFacts::Write(std::string_view name, std::string_view text) const {
  const early::Text<64> path{"/system/run/boot/", name};
  const early::Text<2048> lines{text, text.ends_with('\n') ? "" : "\n"};
  const int error = early::WriteFile(path.c_str(), lines.view(), 0644);
  if (error != 0) console_.Error({"write ", path.view(), ": ", early::ErrorText(error)});
}

void BootFacts::NoteError(std::string_view text) {
  console_.Error({text});
  errors_.Append({text, "\n"});
  Write("errors", errors_.view());
}

}  // namespace ichor::stage1
