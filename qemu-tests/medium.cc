#include "qemu-tests/medium.h"

#include <cstddef>
#include <fstream>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status.h"
#include "qemu-tests/child_process.h"

namespace ichor::qemu {
namespace {

constexpr std::size_t kSector = 2048;
constexpr std::uint32_t kPathTable = 18;  // sectors of what follows the descriptors
constexpr std::uint32_t kPathTableBigEndian = 19;
constexpr std::uint32_t kRoot = 20;
constexpr std::uint32_t kFile = 21;
constexpr std::uint8_t kDirectoryFlag = 2;

std::string LittleEndian(std::uint32_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) {
    text += static_cast<char>(value >> (8U * static_cast<unsigned>(i)));
  }
  return text;
}

std::string BigEndian(std::uint32_t value, int bytes) {
  const std::string text = LittleEndian(value, bytes);
  return {text.rbegin(), text.rend()};
}

// A number as ECMA-119 has it nearly everywhere: in both orders.
std::string Both(std::uint32_t value, int bytes) {
  return LittleEndian(value, bytes) + BigEndian(value, bytes);
}

std::string Padded(std::string_view text, std::size_t bytes) {
  std::string padded(text);
  padded.resize(bytes, ' ');
  return padded;
}

// ECMA-119, 9.1.
std::string DirectoryRecord(const std::string& name, std::uint32_t sector, std::size_t bytes,
                            std::uint8_t flags) {
  const std::string date(7, '\0');
  std::string record = Both(sector, 4) + Both(static_cast<std::uint32_t>(bytes), 4) + date;
  record += static_cast<char>(flags);
  record += std::string(2, '\0') + Both(1, 2);
  record += static_cast<char>(name.size());
  record += name;
  const std::size_t size = record.size() + 2;
  record.resize(record.size() + size % 2, '\0');
  return std::string{static_cast<char>(record.size() + 2), '\0'} + record;
}

std::string RootRecord(char name) {
  return DirectoryRecord(std::string(1, name), kRoot, kSector, kDirectoryFlag);
}

std::string Sectors(std::string bytes) {
  bytes.resize((bytes.size() + kSector - 1) / kSector * kSector, '\0');
  return bytes;
}

// ECMA-119, 8.4.
std::string PrimaryDescriptor(const std::string& label, std::uint32_t sectors) {
  constexpr std::uint32_t kPathTableBytes = 10;
  constexpr std::size_t kNames = 4 * 128 + 3 * 37;
  constexpr std::size_t kDates = 4 * 17;
  std::string text = std::string("\1CD001\1\0", 8) + Padded("", 32) + Padded(label, 32);
  text += std::string(8, '\0') + Both(sectors, 4) + std::string(32, '\0');
  text += Both(1, 2) + Both(1, 2) + Both(kSector, 2) + Both(kPathTableBytes, 4);
  text += LittleEndian(kPathTable, 4) + LittleEndian(0, 4);
  text += BigEndian(kPathTableBigEndian, 4) + BigEndian(0, 4);
  text += RootRecord('\0') + Padded("", kNames) + std::string(kDates, '\0') + '\1';
  return Sectors(std::move(text));
}

absl::Status MakeVfat(const Medium& medium, const std::string& path) {
  constexpr const char* kKib = "4096";
  const std::string log = path + ".log";
  const std::string source = path + ".content";
  std::ofstream(source, std::ios::binary) << medium.content;
  RETURN_IF_ERROR(RunTool({"mkfs.vfat", "-n", medium.label, "-C", path, kKib}, log));
  return RunTool({"mcopy", "-i", path, source, "::" + medium.file_name}, log);
}

}  // namespace

std::string IsoImage(const Medium& medium) {
  constexpr std::size_t kUnused = 16 * kSector;
  const std::string file = Sectors(medium.content);
  const auto sectors = static_cast<std::uint32_t>(kFile + file.size() / kSector);
  const std::string parent = LittleEndian(1, 2) + std::string(2, '\0');
  const std::string name = absl::AsciiStrToUpper(medium.file_name) + ";1";
  std::string image(kUnused, '\0');
  image += PrimaryDescriptor(medium.label, sectors);
  image += Sectors(
      "\xff"
      "CD001\1");
  image += Sectors(std::string("\1\0", 2) + LittleEndian(kRoot, 4) + parent);
  image += Sectors(std::string("\1\0", 2) + BigEndian(kRoot, 4) + BigEndian(1, 2) +
                   std::string(2, '\0'));
  image += Sectors(RootRecord('\0') + RootRecord('\1') +
                   DirectoryRecord(name, kFile, medium.content.size(), 0));
  return image + file;
}

absl::Status MakeMedium(const Medium& medium, const std::string& path) {
  if (medium.kind == MediumKind::kVfat) {
    return MakeVfat(medium, path);
  }
  std::ofstream file(path, std::ios::binary);
  file << IsoImage(medium);
  return file.flush() ? absl::OkStatus() : absl::UnknownError(absl::StrCat("write ", path));
}

}  // namespace ichor::qemu
