#include "lib/sys/uevents.h"

#include <cstddef>

namespace ichor::sys {
namespace {

// udevd's header: "libudev" and a zero byte, a magic number, three lengths of which the second says
// where the properties begin and the third how long they are; numbers in host order but the magic.
constexpr std::string_view kUdevPrefix("libudev\0\xfe\xed\xca\xfe", 12);
constexpr size_t kPropertiesOffsetAt = 16;
constexpr size_t kPropertiesLengthAt = 20;

std::uint32_t HostNumber(std::string_view bytes, size_t at) {
  std::uint32_t number = 0;
  bytes.copy(reinterpret_cast<char*>(&number), sizeof number, at);
  return number;
}

absl::StatusOr<std::string_view> UdevProperties(std::string_view datagram) {
  if (datagram.size() < kPropertiesLengthAt + sizeof(std::uint32_t)) {
    return absl::InvalidArgumentError("uevent: udevd's header is cut off");
  }
  const size_t offset = HostNumber(datagram, kPropertiesOffsetAt);
  const size_t length = HostNumber(datagram, kPropertiesLengthAt);
  if (offset > datagram.size() || length > datagram.size() - offset) {
    return absl::InvalidArgumentError("uevent: udevd's properties are cut off");
  }
  return datagram.substr(offset, length);
}

std::string ValueOf(const Uevent& event, std::string_view key) {
  const auto found = event.properties.find(key);
  return found == event.properties.end() ? std::string() : found->second;
}

}  // namespace

std::map<std::string, std::string, std::less<>> ParseProperties(std::string_view text,
                                                                char separator) {
  std::map<std::string, std::string, std::less<>> properties;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find(separator));
    text.remove_prefix(line.size() == text.size() ? line.size() : line.size() + 1);
    if (const size_t equals = line.find('='); equals != std::string_view::npos) {
      properties.insert_or_assign(std::string(line.substr(0, equals)),
                                  std::string(line.substr(equals + 1)));
    }
  }
  return properties;
}

absl::StatusOr<Uevent> ParseUevent(std::string_view datagram) {
  Uevent event;
  if (datagram.starts_with(kUdevPrefix)) {
    const absl::StatusOr<std::string_view> properties = UdevProperties(datagram);
    if (!properties.ok()) {
      return properties.status();
    }
    event.origin = Uevent::Origin::kUdev;
    event.properties = ParseProperties(*properties, '\0');
  } else {
    // The first line, ACTION@DEVPATH, says what the properties say again.
    event.properties = ParseProperties(datagram, '\0');
  }
  event.action = ValueOf(event, "ACTION");
  event.devpath = ValueOf(event, "DEVPATH");
  event.subsystem = ValueOf(event, "SUBSYSTEM");
  if (event.action.empty() || event.devpath.empty()) {
    return absl::InvalidArgumentError("uevent: no ACTION or no DEVPATH");
  }
  return event;
}

}  // namespace ichor::sys
