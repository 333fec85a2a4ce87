#include "machined/volumes/space.h"

#include <algorithm>
#include <cstdint>
#include <format>
#include <utility>

#include "machined/block/size.h"

namespace ichor {
namespace {

constexpr std::uint64_t kPart = 20;
constexpr std::uint64_t kMost = 1'000'000'000;
constexpr std::uint64_t kNothing = 1'000'000;  // a file system keeps some to itself

}  // namespace

Desired<runtime::Diagnostic> DiagnoseSpace(const Space& space) {
  const std::uint64_t little = std::min(space.size_bytes / kPart, kMost);
  if (space.available_bytes >= little) {
    return {};
  }
  runtime::Diagnostic::Spec row;
  if (space.available_bytes < kNothing) {
    row.set_message("EPHEMERAL is full: what is written there is lost");
    row.add_details(std::format("nothing is left of the {} of /var", PrettySize(space.size_bytes)));
  } else {
    row.set_message("EPHEMERAL is nearly full");
    row.add_details(std::format("less than {} are left of the {} of /var", PrettySize(little),
                                PrettySize(space.size_bytes)));
  }
  return {{"ephemeral-full", std::move(row)}};
}

}  // namespace ichor
