#include "lib/yaml/finding.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace ichor::yml {

std::string ToString(const Finding& finding) {
  std::string line;
  if (!finding.file.empty()) absl::StrAppend(&line, finding.file, ":");
  absl::StrAppend(&line, finding.place.line, ":", finding.place.column, ": ");
  if (finding.severity == Finding::Severity::kWarning) line += "warning: ";
  if (!finding.path.empty()) absl::StrAppend(&line, finding.path, ": ");
  line += finding.message;
  if (!finding.fix.empty()) absl::StrAppend(&line, " (", finding.fix, ")");
  return line;
}

bool HasErrors(std::span<const Finding> findings) {
  return std::ranges::contains(findings, Finding::Severity::kError, &Finding::severity);
}

absl::Status ToStatus(std::span<const Finding> findings) {
  std::string lines;
  for (const Finding& finding : findings) {
    if (finding.severity != Finding::Severity::kError) continue;
    if (!lines.empty()) lines += '\n';
    lines += ToString(finding);
  }
  return lines.empty() ? absl::OkStatus() : absl::InvalidArgumentError(lines);
}

}  // namespace ichor::yml
