#include "stage1/boot_path.h"

#include <algorithm>
#include <tuple>

#include "lib/early/bytes.h"

namespace ichor::stage1 {
namespace {

using early::LittleEndian;
using early::Part;
using early::TakeUntil;
using Bus = BootPath::Bus;
using Bytes = std::span<const std::byte>;

// Types and subtypes of nodes.
constexpr unsigned kHardware = 1;
constexpr unsigned kAcpi = 2;
constexpr unsigned kMessaging = 3;
constexpr unsigned kEnd = 0x7f;

constexpr std::uint32_t kPciRoot = 0x0a0341d0;   // PNP0A03
constexpr std::uint32_t kPcieRoot = 0x0a0841d0;  // PNP0A08
constexpr std::size_t kMaxNodes = 32;

unsigned Byte(Bytes bytes, std::size_t offset) {
  return LittleEndian<std::uint8_t>(bytes, offset);
}

bool AddPci(Bytes node, BootPath& out) {
  if (node.size() != 6 || out.hop_count == out.hops.size()) return false;
  out.hops[out.hop_count++] = {.device = static_cast<std::uint8_t>(Byte(node, 5)),
                               .function = static_cast<std::uint8_t>(Byte(node, 4))};
  return true;
}

void AddUsb(Bytes node, BootPath& out) {
  out.bus = out.port_count < out.ports.size() ? Bus::kUsb : Bus::kOther;
  if (out.bus == Bus::kUsb)
    out.ports[out.port_count++] = static_cast<std::uint8_t>(Byte(node, 4) + 1);
}

void AddMessaging(Bytes node, BootPath& out) {
  const unsigned subtype = Byte(node, 1);
  if (subtype == 5 && node.size() == 6) return AddUsb(node, out);
  // A second node of another kind is beyond what is told apart here.
  const bool first = out.bus == Bus::kController;
  out.bus = Bus::kOther;
  if (!first) return;
  if (subtype == 2 && node.size() == 8) {
    out.bus = Bus::kScsi;
    out.unit = LittleEndian<std::uint16_t>(node, 4);
    out.lun = LittleEndian<std::uint16_t>(node, 6);
  } else if (subtype == 18 && node.size() == 10) {
    out.bus = Bus::kAta;
    out.unit = LittleEndian<std::uint16_t>(node, 4);
  } else if (subtype == 23 && node.size() == 16) {
    out.bus = Bus::kNvme;
    out.unit = LittleEndian<std::uint32_t>(node, 4);
  }
}

// Takes a node into the path; false if the path ends with it, or cannot be used because of it.
bool AddNode(Bytes node, BootPath& out, bool& usable) {
  const unsigned type = Byte(node, 0);
  const unsigned subtype = Byte(node, 1);
  const bool begun = out.hop_count > 0;
  if (type == kHardware && subtype == 1) {
    usable = usable && out.bus == Bus::kController && AddPci(node, out);
    return usable;
  }
  if (type == kMessaging && begun) {
    AddMessaging(node, out);
    return true;
  }
  // Media, BIOS boot and the end come behind the disk; anything else between root and disk is
  // nothing that sysfs could be compared with.
  usable = usable && begun && (type == 4 || type == 5 || type == kEnd);
  return false;
}

bool IsNumber(std::string_view text, bool hexadecimal) {
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= '0' && c <= '9') || (hexadecimal && c >= 'a' && c <= 'f');
  });
}

std::uint64_t FromHexDigits(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char c : digits)
    value = (value * 16) + static_cast<std::uint64_t>(c <= '9' ? c - '0' : c - 'a' + 10);
  return value;
}

// "0000:02:03.1": a PCI device. Its domain is not looked at: firmware knows none.
std::optional<BootPath::Pci> ParsePci(std::string_view segment) {
  if (segment.size() != 12 || segment[4] != ':' || segment[7] != ':' || segment[10] != '.' ||
      !IsNumber(Part(segment, 5, 2), true) || !IsNumber(Part(segment, 8, 2), true) ||
      !IsNumber(Part(segment, 11), true))
    return std::nullopt;
  return BootPath::Pci{.bus = static_cast<std::uint8_t>(FromHexDigits(Part(segment, 5, 2))),
                       .device = static_cast<std::uint8_t>(FromHexDigits(Part(segment, 8, 2))),
                       .function = static_cast<std::uint8_t>(FromHexDigits(Part(segment, 11)))};
}

// Takes the number in front of `separator` off the text.
std::optional<std::uint64_t> TakeNumber(std::string_view& text, char separator) {
  return early::ToNumber(TakeUntil(text, separator));
}

// "2:0:1:0": host, channel, target, LUN.
bool ReadScsi(std::string_view segment, BootPath& out) {
  const auto host = TakeNumber(segment, ':');
  const auto channel = TakeNumber(segment, ':');
  const auto target = TakeNumber(segment, ':');
  const auto lun = early::ToNumber(segment);
  if (!host || !channel || !target || !lun) return false;
  out.bus = Bus::kScsi;
  out.unit = *target;
  out.lun = *lun;
  return true;
}

// "1-2.3": ports 2 and then 3 from bus 1.
bool ReadUsb(std::string_view segment, BootPath& out) {
  if (!TakeNumber(segment, '-') || segment.empty()) return false;
  std::array<std::uint8_t, std::tuple_size_v<decltype(out.ports)>> ports{};
  std::size_t count = 0;
  while (!segment.empty()) {
    const auto port = TakeNumber(segment, '.');
    if (!port || *port > 255 || count == ports.size()) return false;
    ports[count++] = static_cast<std::uint8_t>(*port);
  }
  out.bus = Bus::kUsb;
  out.ports = ports;
  out.port_count = count;
  return true;
}

// The path of a disk in the firmware's terms.
BootPath FromPlace(const DiskPlace& place) {
  BootPath out;
  bool usb = false;
  for (std::string_view rest = place.path; !rest.empty();) {
    const std::string_view segment = TakeUntil(rest, '/');
    if (const auto pci = ParsePci(segment); pci && out.hop_count < out.hops.size()) {
      out.hops[out.hop_count++] = *pci;
    } else if (ReadUsb(segment, out)) {
      usb = true;
    } else if (!usb) {
      ReadScsi(segment, out);
    }
  }
  if (place.ata_port.has_value()) {
    out.bus = Bus::kAta;
    out.unit = *place.ata_port - 1;
  } else if (place.namespace_id.has_value()) {
    out.bus = Bus::kNvme;
    out.unit = *place.namespace_id;
  }
  return out;
}

bool SameController(const BootPath& path, const BootPath& disk, const DiskPlace& place) {
  if (disk.hop_count == 0) return false;
  if (path.bios) return path.hops[0] == disk.hops[disk.hop_count - 1];
  if (place.root_uid.has_value() && *place.root_uid != path.root_uid) return false;
  if (path.hop_count != disk.hop_count) return false;
  for (std::size_t i = 0; i < path.hop_count; ++i) {
    if (path.hops[i].device != disk.hops[i].device ||
        path.hops[i].function != disk.hops[i].function)
      return false;
  }
  return true;
}

// Controllers number the ports of their root hub otherwise than the kernel does: a disk that
// differs in the first port only may be it.
Match CompareUsb(const BootPath& path, const BootPath& disk) {
  if (path.port_count != disk.port_count) return Match::kNo;
  for (std::size_t i = 1; i < path.port_count; ++i) {
    if (path.ports[i] != disk.ports[i]) return Match::kNo;
  }
  return path.ports[0] == disk.ports[0] ? Match::kDisk : Match::kController;
}

}  // namespace

std::optional<BootPath> ParseLoadOption(Bytes option) {
  constexpr std::size_t kHead = 6;  // attributes, length of the paths
  if (option.size() < kHead) return std::nullopt;
  const std::size_t length = LittleEndian<std::uint16_t>(option, 4);
  std::size_t begin = kHead;
  while (begin + 2 <= option.size() && LittleEndian<std::uint16_t>(option, begin) != 0)
    begin += 2;
  begin += 2;
  if (begin > option.size() || option.size() - begin < length) return std::nullopt;
  Bytes rest = option.subspan(begin, length);
  BootPath out;
  bool usable = true;
  for (std::size_t i = 0; i < kMaxNodes && rest.size() >= 4; ++i) {
    const std::size_t size = LittleEndian<std::uint16_t>(rest, 2);
    if (size < 4 || size > rest.size()) return std::nullopt;
    const Bytes node = rest.first(size);
    rest = rest.subspan(size);
    if (i > 0) {
      if (!AddNode(node, out, usable)) break;
      continue;
    }
    const auto id = LittleEndian<std::uint32_t>(node, 4);
    if (Byte(node, 0) != kAcpi || Byte(node, 1) != 1 || size != 12 ||
        (id != kPciRoot && id != kPcieRoot))
      return std::nullopt;
    out.root_uid = LittleEndian<std::uint32_t>(node, 8);
  }
  return usable && out.hop_count > 0 ? std::optional(out) : std::nullopt;
}

std::optional<BootPath> ParseEdd(Bytes raw) {
  constexpr std::size_t kWithPath = 74;
  constexpr std::uint16_t kKey = 0xbedd;
  const auto text = [&](std::size_t offset, std::size_t size) {
    return std::string_view(reinterpret_cast<const char*>(raw.data()) + offset, size);
  };
  if (raw.size() < kWithPath || LittleEndian<std::uint16_t>(raw, 30) != kKey ||
      !text(36, 4).starts_with("PCI"))
    return std::nullopt;
  BootPath out;
  out.bios = true;
  out.hop_count = 1;
  out.hops[0] = {.bus = static_cast<std::uint8_t>(Byte(raw, 48)),
                 .device = static_cast<std::uint8_t>(Byte(raw, 49)),
                 .function = static_cast<std::uint8_t>(Byte(raw, 50))};
  const std::string_view kind = text(40, 8);
  if (kind.starts_with("SATA")) {
    out.bus = Bus::kAta;
    out.unit = Byte(raw, 56);
  } else if (kind.starts_with("SCSI")) {
    out.bus = Bus::kScsi;
    out.unit = LittleEndian<std::uint16_t>(raw, 56);
    out.lun = LittleEndian<std::uint64_t>(raw, 58);
  } else {
    out.bus = Bus::kOther;
  }
  return out;
}

early::Text<128> Describe(const BootPath& path) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  using early::Decimal;
  early::Text<128> out{"PCI "};
  for (std::size_t i = 0; i < path.hop_count; ++i) {
    if (i > 0) out.Push('/');
    out.Push(kDigits[path.hops[i].device / 16U]);
    out.Push(kDigits[path.hops[i].device % 16U]);
    out.Append({".", Decimal(path.hops[i].function)});
  }
  const Decimal unit(static_cast<std::int64_t>(path.unit));
  switch (path.bus) {
    case Bus::kController:
      break;
    case Bus::kAta:
      out.Append({", ATA port ", unit});
      break;
    case Bus::kScsi:
      out.Append({", SCSI target ", unit, " LUN ", Decimal(static_cast<std::int64_t>(path.lun))});
      break;
    case Bus::kNvme:
      out.Append({", NVMe namespace ", unit});
      break;
    case Bus::kUsb:
      out.Append({", USB port"});
      for (std::size_t i = 0; i < path.port_count; ++i)
        out.Append({i == 0 ? " " : ".", Decimal(path.ports[i])});
      break;
    case Bus::kOther:
      out.Append({", what is behind it is unknown"});
      break;
  }
  return out;
}

Match Compare(const BootPath& path, const DiskPlace& place) {
  const BootPath disk = FromPlace(place);
  if (!SameController(path, disk, place)) return Match::kNo;
  if (path.bus == Bus::kOther || path.bus != disk.bus) return Match::kController;
  switch (path.bus) {
    case Bus::kUsb:
      return CompareUsb(path, disk);
    case Bus::kScsi:
      return path.unit == disk.unit && path.lun == disk.lun ? Match::kDisk : Match::kNo;
    case Bus::kAta:
    case Bus::kNvme:
      return path.unit == disk.unit ? Match::kDisk : Match::kNo;
    default:
      return Match::kDisk;
  }
}

}  // namespace ichor::stage1
