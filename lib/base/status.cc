#include "lib/base/status.h"

#include <format>
#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"

namespace ichor::base {

absl::Status Annotate(absl::Status status, std::string_view context) {
  if (status.ok()) {
    return status;
  }
  absl::Status annotated(status.code(), std::format("{}: {}", context, MessageOf(status)));
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) {
    annotated.SetPayload(url, payload);
  });
  return annotated;
}

std::string_view MessageOf(const absl::Status& status) {
  return {status.message().data(), status.message().size()};
}

}  // namespace ichor::base
