#include "lib/sys/gpt_image.h"

#include <cstddef>
#include <string_view>

namespace ichor::sys {
namespace {

constexpr size_t kSector = 512;
constexpr size_t kEntry = 128;
constexpr size_t kEntries = 128;
constexpr std::string_view kLinuxData(
    "\xaf\x3d\xc6\x0f\x83\x84\x72\x47\x8e\x79\x3d\x69\xd8\x47\x7d\xe4", 16);

std::uint32_t Crc32(std::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320 : 0);
    }
  }
  return ~crc;
}

void Put(std::string& image, size_t at, std::uint64_t number, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    image[at + i] = static_cast<char>(number >> (8 * i) & 0xff);
  }
}

void PutEntry(std::string& image, size_t at, size_t index, const TestPartition& partition) {
  image.replace(at, kLinuxData.size(), kLinuxData);
  image[at + 31] = static_cast<char>(index);
  Put(image, at + 32, partition.first_sector, 8);
  Put(image, at + 40, partition.first_sector + partition.sectors - 1, 8);
  for (size_t i = 0; i < partition.label.size(); ++i) {
    image[at + 56 + 2 * i] = partition.label[i];
  }
  image.replace(partition.first_sector * kSector, partition.contents.size(), partition.contents);
}

}  // namespace

std::string GptImage(std::uint64_t sectors, const std::vector<TestPartition>& partitions) {
  std::string image(sectors * kSector, '\0');
  image[450] = '\xee';  // protective MBR: one entry over the whole disk
  Put(image, 454, 1, 4);
  Put(image, 458, sectors - 1, 4);
  image.replace(510, 2, "\x55\xaa");
  for (size_t i = 0; i < partitions.size(); ++i) {
    PutEntry(image, 2 * kSector + i * kEntry, i + 1, partitions[i]);
  }
  image.replace(kSector, 8, "EFI PART");
  Put(image, kSector + 8, 0x00010000, 4);
  Put(image, kSector + 12, 92, 4);
  Put(image, kSector + 24, 1, 8);
  Put(image, kSector + 32, sectors - 1, 8);
  Put(image, kSector + 40, 34, 8);
  Put(image, kSector + 48, sectors - 34, 8);
  image[kSector + 56] = '\x77';  // the disk's GUID begins with it
  Put(image, kSector + 72, 2, 8);
  Put(image, kSector + 80, kEntries, 4);
  Put(image, kSector + 84, kEntry, 4);
  const std::string_view view = image;
  Put(image, kSector + 88, Crc32(view.substr(2 * kSector, kEntries * kEntry)), 4);
  Put(image, kSector + 16, Crc32(view.substr(kSector, 92)), 4);
  return image;
}

}  // namespace ichor::sys
