#include "stage1/slot.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <span>

#include "lib/early/file.h"

namespace ichor::stage1 {
namespace {

using early::Decimal;
using early::ErrorText;

constexpr std::uint64_t kSector = 512;

std::array<std::byte, kSlotHeaderBytes> header_bytes;

using Hex = early::Text<65>;

Hex ToText(const std::array<std::byte, 32>& bytes) {
  std::array<char, 64> digits{};
  early::ToHex(bytes, digits);
  return {std::string_view(digits.data(), digits.size())};
}

// The image as a device of its own, then that behind the hash tree. Empty, said, if that fails.
DevicePath MapImage(const DeviceMapper& mapper, const char* slot, const Image& image,
                    const early::Console& console) {
  const early::Text<192> linear{slot, " ",
                                Decimal(static_cast<std::int64_t>(image.offset / kSector))};
  const early::Text<128> plain_name{"ichor-", image.name, "-plain"};
  const DevicePath plain = mapper.Create(
      plain_name.view(),
      {.type = "linear", .parameters = linear.view(), .sectors = image.length / kSector});
  if (plain.empty()) {
    console.Error({"map image ", image.name, ": ", ErrorText(errno)});
    return {};
  }
  // 1: version; block sizes; blocks of data; where the tree begins, in blocks of the slot. A block
  // that is not what it shall be cannot be read, and an event says so: stage 1 and init ask the
  // loader for the other slot. A panic could not.
  const early::Text<640> verity{
      "1 ",          plain.view(),
      " ",           slot,
      " 4096 4096 ", Decimal(static_cast<std::int64_t>(image.length / kVerityBlock)),
      " ",           Decimal(static_cast<std::int64_t>(image.tree_offset / kVerityBlock)),
      " sha256 ",    ToText(image.root_hash).view(),
      " ",           ToText(image.salt).view()};
  const early::Text<128> name{"ichor-", image.name};
  DevicePath path = mapper.Create(
      name.view(),
      {.type = "verity", .parameters = verity.view(), .sectors = image.length / kSector});
  if (path.empty()) console.Error({"verify image ", image.name, ": ", ErrorText(errno)});
  return path;
}

bool MountImage(const DevicePath& device, const char* target, const early::Console& console) {
  early::MakeDirectories(target, 0755);
  if (::mount(device.c_str(), target, "erofs", MS_RDONLY, nullptr) == 0) return true;
  console.Error({"mount ", device.view(), " at ", target, ": ", ErrorText(errno)});
  return false;
}

bool StackLayers(std::size_t count, const early::Modules& modules, const early::Console& console) {
  modules.Load("overlay");
  // The first lower directory is the topmost.
  early::Text<512> options{"lowerdir="};
  for (std::size_t i = count; i > 0; --i) {
    options.Append({i == count ? "" : ":", "/layers/", Decimal(static_cast<std::int64_t>(i - 1))});
  }
  if (::mount("root", "/root", "overlay", MS_RDONLY, options.c_str()) == 0) return true;
  console.Error({"stack the images: ", ErrorText(errno)});
  return false;
}

bool ReadHeader(const char* device, const early::Sha256Digest& expected, SlotHeader& out,
                const early::Console& console) {
  const early::Fd fd(::open(device, O_RDONLY | O_CLOEXEC));
  if (!fd.ok() || !early::ReadAt(fd.get(), 0, header_bytes)) {
    console.Error({"read the slot on ", device, ": ", ErrorText(errno)});
    return false;
  }
  const auto bytes = ::lseek(fd.get(), 0, SEEK_END);
  const char* wrong =
      ReadSlotHeader(header_bytes, expected, static_cast<std::uint64_t>(bytes), out);
  if (wrong != nullptr) console.Error({"the slot on ", device, " is refused: ", wrong});
  return wrong == nullptr;
}

}  // namespace

bool MountSlot(const char* device, const early::Sha256Digest& expected,
               const early::Modules& modules, const early::Console& console) {
  SlotHeader header;
  if (!ReadHeader(device, expected, header, console)) return false;
  DeviceMapper mapper;
  if (!mapper.Open()) {
    console.Error({"open the device mapper: ", ErrorText(errno)});
    return false;
  }
  for (std::size_t i = 0; i < header.count; ++i) {
    const DevicePath mapped = MapImage(mapper, device, header.images[i], console);
    const early::Text<32> layer{"/layers/", Decimal(static_cast<std::int64_t>(i))};
    if (mapped.empty() || !MountImage(mapped, header.count == 1 ? "/root" : layer.c_str(), console))
      return false;
  }
  return header.count == 1 || StackLayers(header.count, modules, console);
}

}  // namespace ichor::stage1
