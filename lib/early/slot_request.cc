#include "lib/early/slot_request.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <span>

#include "lib/early/environment_block.h"
#include "lib/early/fd.h"
#include "lib/early/file.h"

namespace ichor::early {
namespace {

constexpr const char* kOneShot =
    "/sys/firmware/efi/efivars/LoaderEntryOneShot-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";
constexpr const char* kAsks =
    "/sys/firmware/efi/efivars/IchorSlotAsks-0c5f0b1e-6c0e-5d0c-9a43-1c4ba6a0f5d1";
// Kept over restarts, for loaders and for the system.
constexpr char kAttributes = 7;
constexpr std::size_t kAttributeBytes = 4;

// Variables of earlier boots are protected from whoever removes all files.
void Unprotect(const char* path) {
  const Fd fd(::open(path, O_RDONLY | O_CLOEXEC));
  int flags = 0;
  if (!fd.ok() || ::ioctl(fd.get(), FS_IOC_GETFLAGS, &flags) != 0) return;
  flags &= ~FS_IMMUTABLE_FL;
  ::ioctl(fd.get(), FS_IOC_SETFLAGS, &flags);
}

// Sets a variable to ASCII text, as UTF-16 with its zero.
int SetEfiVariable(const char* path, std::string_view text) {
  Unprotect(path);
  Text<320> contents;
  for (const char byte : {kAttributes, '\0', '\0', '\0'})
    contents.Push(byte);
  for (const char c : text) {
    contents.Push(c);
    contents.Push('\0');
  }
  contents.Push('\0');
  contents.Push('\0');
  if (!contents.fits()) return ENAMETOOLONG;
  const Fd fd(::open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  if (!fd.ok()) return errno;
  const auto bytes = contents.view();
  return ::write(fd.get(), bytes.data(), bytes.size()) < 0 ? errno : 0;
}

// The partition's environment block; one without variables if there is none.
std::optional<EnvironmentBlock> ReadBlock(int fd, off_t& offset) {
  const off_t end = ::lseek(fd, 0, SEEK_END);
  EnvironmentBlock block{};
  if (end < static_cast<off_t>(block.size())) return std::nullopt;
  offset = end - static_cast<off_t>(block.size());
  if (!ReadAt(fd, static_cast<std::uint64_t>(offset), std::as_writable_bytes(std::span(block))))
    return std::nullopt;
  return block;
}

std::uint64_t NumberIn(const EnvironmentBlock& block, std::string_view name) {
  return ToNumber(GetVariable(block, name).value_or("")).value_or(0);
}

std::uint64_t ReadGrubAsks(const char* device) {
  const Fd fd(::open(device, O_RDONLY | O_CLOEXEC));
  off_t offset = 0;
  const auto block = fd.ok() ? ReadBlock(fd.get(), offset) : std::nullopt;
  return block.has_value() ? NumberIn(*block, "ichor_asks") : 0;
}

// Sets the number of asks, and with `slot` asks for it.
int WriteGrub(const char* device, std::uint64_t asks, std::string_view slot) {
  const Fd fd(::open(device, O_RDWR | O_CLOEXEC));
  if (!fd.ok()) return errno;
  off_t offset = 0;
  auto block = ReadBlock(fd.get(), offset);
  if (!block.has_value()) return errno != 0 ? errno : EIO;
  const Decimal count(static_cast<std::int64_t>(asks));
  bool done = SetVariable(*block, "ichor_asks", asks == 0 ? std::string_view() : count);
  if (!slot.empty()) {
    // GRUB serves a number once.
    constexpr std::uint64_t kMost = 1'000'000;
    const std::uint64_t request = (NumberIn(*block, "ichor_request") % kMost) + 1;
    done = SetVariable(*block, "ichor_once", slot) && done;
    done =
        SetVariable(*block, "ichor_request", Decimal(static_cast<std::int64_t>(request))) && done;
  }
  if (!done) return ENOSPC;
  const auto written = ::pwrite(fd.get(), block->data(), block->size(), offset);
  if (written < 0) return errno;
  if (static_cast<std::size_t>(written) != block->size()) return EIO;
  return ::fsync(fd.get()) == 0 ? 0 : errno;
}

}  // namespace

OtherSlot ParseOtherSlot(std::string_view line) {
  OtherSlot out;
  line = Trim(line);
  out.slot.Append({TakeUntil(line, ' ')});
  out.loader.Append({TakeUntil(line, ' ')});
  out.where.Append({line});
  const bool whole = out.slot.fits() && out.loader.fits() && out.where.fits() && !line.empty();
  const bool known = out.loader.view() == "uefi" || out.loader.view() == "grub";
  return whole && known ? out : OtherSlot{};
}

Text<160> ToText(const OtherSlot& other) {
  return {other.slot.view(), " ", other.loader.view(), " ", other.where.view()};
}

std::uint64_t ReadAsks(const OtherSlot& other) {
  if (other.loader.view() == "grub") return ReadGrubAsks(other.where.c_str());
  std::array<char, 16> buffer{};
  const auto contents = ReadFile(kAsks, buffer);
  if (!contents.has_value() || contents->size() <= kAttributeBytes) return 0;
  return ToNumber(Part(*contents, kAttributeBytes, 1)).value_or(0);
}

int AskFor(const OtherSlot& other) {
  if (!other.IsThere()) return ENOENT;
  const std::uint64_t asks = ReadAsks(other) + 1;
  if (other.loader.view() == "grub") return WriteGrub(other.where.c_str(), asks, other.slot.view());
  // Counted first: what cannot be counted is not asked.
  const int error = SetEfiVariable(kAsks, Decimal(static_cast<std::int64_t>(asks)));
  return error != 0 ? error : SetEfiVariable(kOneShot, other.where.view());
}

int ForgetAsks(const OtherSlot& other) {
  if (ReadAsks(other) == 0) return 0;
  if (other.loader.view() == "grub") return WriteGrub(other.where.c_str(), 0, "");
  Unprotect(kAsks);
  return ::unlink(kAsks) == 0 ? 0 : errno;
}

}  // namespace ichor::early
