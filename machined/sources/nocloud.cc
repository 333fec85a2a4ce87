#include "machined/sources/nocloud.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace ichor {

NocloudSettings ReadNocloudSettings(std::string_view serial_number) {
  NocloudSettings settings;
  bool network = false;
  const absl::string_view serial(serial_number.data(), serial_number.size());
  for (const absl::string_view part : absl::StrSplit(serial, ';')) {
    const std::pair<absl::string_view, absl::string_view> pair =
        absl::StrSplit(part, absl::MaxSplits('=', 1));
    const std::string value(pair.second);
    if (pair.first == "ds") {
      network = value == "nocloud-net";
    } else if (pair.first == "s") {
      settings.base_url = value.empty() || value.ends_with('/') ? value : value + "/";
    } else if (pair.first == "h") {
      settings.hostname = value;
    } else if (pair.first == "i") {
      settings.instance_id = value;
    }
  }
  if (!network) {
    settings.base_url.clear();
  }
  return settings;
}

absl::StatusOr<NocloudUserData> ReadNocloudUserData(std::string_view text) {
  const absl::string_view whole(text.data(), text.size());
  const std::pair<absl::string_view, absl::string_view> split =
      absl::StrSplit(whole, absl::MaxSplits('\n', 1));
  const absl::string_view first = absl::StripAsciiWhitespace(split.first);
  NocloudUserData data;
  if (first == "#cloud-config" || absl::StripAsciiWhitespace(whole).empty()) {
    return data;
  }
  if (first != "#include") {
    data.config = text;
    return data;
  }
  for (const absl::string_view line : absl::StrSplit(split.second, '\n')) {
    const absl::string_view url = absl::StripAsciiWhitespace(line);
    if (url.empty() || absl::StartsWith(url, "#")) {
      continue;
    }
    if (!data.include_url.empty()) {
      return absl::InvalidArgumentError("the user data includes more than one URL");
    }
    data.include_url = std::string(url);
  }
  if (data.include_url.empty()) {
    return absl::InvalidArgumentError("the user data includes no URL");
  }
  return data;
}

}  // namespace ichor
