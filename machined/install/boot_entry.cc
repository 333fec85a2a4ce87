#include "machined/install/boot_entry.h"

#include <algorithm>
#include <charconv>
#include <format>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/disk/little_endian.h"

namespace ichor {
namespace {

constexpr std::size_t kDescription = 6;  // where it begins: after attributes and length
constexpr std::uint32_t kActive = 1;

void AddNumber(std::uint64_t value, std::size_t bytes, std::string& out) {
  const std::size_t at = out.size();
  out.resize(at + bytes);
  disk::PutLittle(value, at, bytes, out);
}

// UTF-16 with a zero behind it; of ASCII.
void AddText(std::string_view text, std::string& out) {
  for (const char c : text) {
    AddNumber(static_cast<unsigned char>(c), 2, out);
  }
  AddNumber(0, 2, out);
}

// A node of a device path, chapter 10.3: type, subtype, length, what it holds.
void AddNode(unsigned type, unsigned subtype, const std::string& contents, std::string& out) {
  AddNumber(type, 1, out);
  AddNumber(subtype, 1, out);
  AddNumber(contents.size() + 4, 2, out);
  out += contents;
}

// HD(number,GPT,id,start,size)/file
std::string DevicePath(const disk::Partition& partition, std::uint32_t sector_bytes,
                       const std::string& file) {
  std::string drive;
  AddNumber(partition.number, 4, drive);
  AddNumber(partition.offset_bytes / sector_bytes, 8, drive);
  AddNumber(partition.size_bytes / sector_bytes, 8, drive);
  for (const std::byte byte : partition.id) {
    drive += static_cast<char>(byte);
  }
  AddNumber(2, 1, drive);  // a GUID partition table
  AddNumber(2, 1, drive);  // the signature is a GUID
  std::string name;
  AddText(file, name);
  std::string path;
  AddNode(0x04, 0x01, drive, path);
  AddNode(0x04, 0x04, name, path);
  AddNode(0x7f, 0xff, "", path);
  return path;
}

// The description of a load option, as it lies there.
std::string_view DescriptionOf(std::string_view option) {
  for (std::size_t at = kDescription; at + 2 <= option.size(); at += 2) {
    if (option[at] == '\0' && option[at + 1] == '\0') {
      return option.substr(kDescription, at - kDescription);
    }
  }
  return {};
}

// 7 of "Boot0007"; nothing for other names.
std::optional<unsigned> NumberOf(std::string_view name) {
  constexpr std::string_view kPrefix = "Boot";
  unsigned number = 0;
  if (!name.starts_with(kPrefix) || name.size() != kPrefix.size() + 4) {
    return std::nullopt;
  }
  const auto [end, error] =
      std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), number, 16);
  return error == std::errc() && end == name.data() + name.size() ? std::optional(number)
                                                                  : std::nullopt;
}

std::string NameOf(unsigned number) {
  return std::format("Boot{:04X}", number);
}

absl::StatusOr<unsigned> ChooseNumber(sys::EfiVariables& variables, const std::string& option) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, variables.List());
  std::set<unsigned> used;
  for (const std::string& name : names) {
    if (const auto number = NumberOf(name); number.has_value()) {
      used.insert(*number);
      if (DescriptionOf(variables.Read(name).value_or("")) == DescriptionOf(option)) {
        return *number;
      }
    }
  }
  unsigned free = 0;
  while (used.contains(free)) {
    ++free;
  }
  return free;
}

}  // namespace

std::string LoadOption(const std::string& description, const disk::Partition& partition,
                       std::uint32_t sector_bytes, const std::string& file) {
  const std::string path = DevicePath(partition, sector_bytes, file);
  std::string option;
  AddNumber(kActive, 4, option);
  AddNumber(path.size(), 2, option);
  AddText(description, option);
  return option + path;
}

absl::Status BootFirst(sys::EfiVariables& variables, const std::string& option) {
  if (!variables.AreThere()) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const unsigned number, ChooseNumber(variables, option));
  RETURN_IF_ERROR(variables.Write(NameOf(number), option));
  const std::string before = variables.Read("BootOrder").value_or("");
  std::string order;
  AddNumber(number, 2, order);
  for (std::size_t at = 0; at + 2 <= before.size(); at += 2) {
    if (before.substr(at, 2) != order.substr(0, 2)) {
      order += before.substr(at, 2);
    }
  }
  return order == before ? absl::OkStatus() : variables.Write("BootOrder", order);
}

}  // namespace ichor
