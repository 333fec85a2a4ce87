#include "lib/sys/error.h"

#include <string.h>  // strerrordesc_np is glibc's

#include <format>

namespace ichor::sys {

absl::Status ErrnoError(int error, std::string_view what) {
  const char* text = strerrordesc_np(error);
  return {absl::ErrnoToStatusCode(error), text != nullptr
                                              ? std::format("{}: {}", what, text)
                                              : std::format("{}: errno {}", what, error)};
}

}  // namespace ichor::sys
