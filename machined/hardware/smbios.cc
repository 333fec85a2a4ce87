#include "machined/hardware/smbios.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <format>
#include <optional>

namespace ichor {
namespace {

enum class Type : std::uint8_t { kBios = 0, kSystem = 1, kProcessor = 4, kMemory = 17, kEnd = 127 };

constexpr size_t kHeaderBytes = 4;
constexpr size_t kUuidBytes = 16;

// One structure: the formatted part, whose fields may be missing in older tables, and its strings.
class Structure {
 public:
  // Takes a structure from the front of `table`; absent if it is cut off.
  static std::optional<Structure> Take(std::string_view& table);

  Type type() const { return static_cast<Type>(formatted_[0]); }
  bool Has(size_t at, size_t size) const { return at + size <= formatted_.size(); }
  std::string_view Bytes(size_t at, size_t size) const { return formatted_.substr(at, size); }

  // A little-endian number; 0 if the table is older than the field.
  std::uint32_t Number(size_t at, size_t size) const {
    std::uint32_t number = 0;
    for (size_t i = Has(at, size) ? size : 0; i-- > 0;) {
      number = number << 8 | static_cast<unsigned char>(formatted_[at + i]);
    }
    return number;
  }

  // The string whose index stands at `at`.
  std::string Text(size_t at) const;

 private:
  std::string_view formatted_;
  std::string_view strings_;
};

std::optional<Structure> Structure::Take(std::string_view& table) {
  if (table.size() < kHeaderBytes) {
    return std::nullopt;
  }
  const auto length = static_cast<unsigned char>(table[1]);
  if (length < kHeaderBytes || length > table.size()) {
    return std::nullopt;
  }
  Structure structure;
  structure.formatted_ = table.substr(0, length);
  const size_t end = table.find(std::string_view("\0\0", 2), length);
  if (end == std::string_view::npos) {
    return std::nullopt;
  }
  structure.strings_ = table.substr(length, end - length);
  table.remove_prefix(end + 2);
  return structure;
}

std::string Structure::Text(size_t at) const {
  constexpr std::string_view kBlank = " \t\r\n";
  std::string_view rest = strings_;
  for (std::uint32_t index = Number(at, 1); index > 0 && !rest.empty(); --index) {
    const std::string_view text = rest.substr(0, rest.find('\0'));
    if (index == 1) {
      const size_t first = text.find_first_not_of(kBlank);
      return first == std::string_view::npos
                 ? std::string()
                 : std::string(text.substr(first, text.find_last_not_of(kBlank) - first + 1));
    }
    rest.remove_prefix(std::min(rest.size(), text.size() + 1));
  }
  return {};
}

// The first three fields are little-endian numbers, by the specification.
std::string UuidOf(const Structure& structure, size_t at) {
  if (!structure.Has(at, kUuidBytes)) {
    return {};
  }
  const std::string_view bytes = structure.Bytes(at, kUuidBytes);
  const auto is_all = [&](char value) {
    return std::ranges::all_of(bytes, [value](char byte) { return byte == value; });
  };
  if (is_all('\0') || is_all('\xff')) {
    return {};
  }
  constexpr std::array<size_t, kUuidBytes> kOrder = {3, 2, 1,  0,  5,  4,  7,  6,
                                                     8, 9, 10, 11, 12, 13, 14, 15};
  std::string uuid;
  for (size_t i = 0; i < kUuidBytes; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) {
      uuid += '-';
    }
    uuid += std::format("{:02x}", static_cast<unsigned char>(bytes[kOrder.at(i)]));
  }
  return uuid;
}

std::string WakeUpType(std::uint32_t value) {
  constexpr std::array<std::string_view, 9> kTypes = {
      "Reserved",   "Other",        "Unknown",  "APM Timer",        "Modem Ring",
      "LAN Remote", "Power Switch", "PCI PME#", "AC Power Restored"};
  return value < kTypes.size() ? std::string(kTypes.at(value)) : std::string();
}

SmbiosSystem SystemOf(const Structure& structure) {
  return {.manufacturer = structure.Text(0x04),
          .product_name = structure.Text(0x05),
          .version = structure.Text(0x06),
          .serial_number = structure.Text(0x07),
          .uuid = UuidOf(structure, 0x08),
          .wake_up_type = structure.Has(0x18, 1) ? WakeUpType(structure.Number(0x18, 1)) : "",
          .sku_number = structure.Text(0x19)};
}

// A count that is 255 in its byte stands in a wider field of newer tables.
std::uint32_t CountOf(const Structure& structure, size_t narrow, size_t wide) {
  const std::uint32_t count = structure.Number(narrow, 1);
  return count == 0xff && structure.Has(wide, 2) ? structure.Number(wide, 2) : count;
}

SmbiosProcessor ProcessorOf(const Structure& structure) {
  return {.socket = structure.Text(0x04),
          .manufacturer = structure.Text(0x07),
          .product_name = structure.Text(0x10),
          .serial_number = structure.Text(0x20),
          .asset_tag = structure.Text(0x21),
          .part_number = structure.Text(0x22),
          .max_speed_mhz = structure.Number(0x14, 2),
          .boot_speed_mhz = structure.Number(0x16, 2),
          .status = structure.Number(0x18, 1),
          .core_count = CountOf(structure, 0x23, 0x2a),
          .core_enabled = CountOf(structure, 0x24, 0x2c),
          .thread_count = CountOf(structure, 0x25, 0x2e)};
}

// In MiB, or with the highest bit set in KiB; 0x7fff: in a field of its own; 0xffff: unknown.
std::uint32_t MemorySizeMib(const Structure& structure) {
  constexpr std::uint32_t kUnknown = 0xffff;
  constexpr std::uint32_t kExtended = 0x7fff;
  constexpr std::uint32_t kInKib = 0x8000;
  const std::uint32_t size = structure.Number(0x0c, 2);
  if (size == kUnknown) {
    return 0;
  }
  if (size == kExtended) {
    return structure.Number(0x1c, 4) & 0x7fffffff;
  }
  return (size & kInKib) != 0 ? (size & ~kInKib) / 1024 : size;
}

// A speed of 0xffff stands in a wider field of newer tables.
std::uint32_t MemorySpeed(const Structure& structure) {
  const std::uint32_t speed = structure.Number(0x15, 2);
  return speed == 0xffff ? structure.Number(0x54, 4) : speed;
}

SmbiosMemory MemoryOf(const Structure& structure) {
  return {.device_locator = structure.Text(0x10),
          .bank_locator = structure.Text(0x11),
          .manufacturer = structure.Text(0x17),
          .serial_number = structure.Text(0x18),
          .asset_tag = structure.Text(0x19),
          .product_name = structure.Text(0x1a),
          .size_mib = MemorySizeMib(structure),
          .speed = MemorySpeed(structure)};
}

}  // namespace

Smbios ParseSmbios(std::string_view table) {
  Smbios smbios;
  bool has_bios = false;
  bool has_system = false;
  for (auto structure = Structure::Take(table);
       structure.has_value() && structure->type() != Type::kEnd;
       structure = Structure::Take(table)) {
    if (structure->type() == Type::kBios && !has_bios) {
      smbios.bios_version = structure->Text(0x05);
      has_bios = true;
    } else if (structure->type() == Type::kSystem && !has_system) {
      smbios.system = SystemOf(*structure);
      has_system = true;
    } else if (structure->type() == Type::kProcessor) {
      smbios.processors.push_back(ProcessorOf(*structure));
    } else if (structure->type() == Type::kMemory) {
      smbios.memory.push_back(MemoryOf(*structure));
    }
  }
  return smbios;
}

}  // namespace ichor
