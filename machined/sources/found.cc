#include "machined/sources/found.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "lib/base/status.h"
#include "machined/sources/encoded.h"
#include "machined/sources/nocloud.h"

namespace ichor {

absl::StatusOr<FoundConfig> ReadFound(ConfigSource::Form form, std::string bytes) {
  std::string decoded;
  if (form == ConfigSource::Form::kHcloud && absl::Base64Unescape(bytes, &decoded)) {
    bytes = std::move(decoded);
  }
  FoundConfig found;
  ASSIGN_OR_RETURN(found.text, Unpack(std::move(bytes)));
  if (form == ConfigSource::Form::kNocloud) {
    ASSIGN_OR_RETURN(NocloudUserData data, ReadNocloudUserData(found.text));
    found = {.text = std::move(data.config), .include_url = std::move(data.include_url)};
  }
  if (absl::StripAsciiWhitespace(found.text).empty()) {
    found.text.clear();
  }
  return found;
}

}  // namespace ichor
