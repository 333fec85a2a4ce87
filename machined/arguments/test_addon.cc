#include "machined/arguments/test_addon.h"

#include "lib/disk/little_endian.h"

namespace ichor {
namespace {

constexpr std::size_t kHeader = 0x40;         // of the program
constexpr std::size_t kTable = kHeader + 24;  // of its sections
constexpr std::size_t kSecond = kTable + 40;  // the header of .cmdline
constexpr std::size_t kWords = kSecond + 40;

}  // namespace

std::string TestAddon(std::string_view words) {
  std::string bytes(kWords + kTestAddonRoom, '\0');
  disk::PutLittle(kHeader, 0x3c, 4, bytes);
  disk::PutLittle(2, kHeader + 6, 2, bytes);  // sections
  bytes.replace(kTable, 5, ".text");
  bytes.replace(kSecond, 8, ".cmdline");
  disk::PutLittle(words.size(), kSecond + 8, 4, bytes);
  disk::PutLittle(kTestAddonRoom, kSecond + 16, 4, bytes);
  disk::PutLittle(kWords, kSecond + 20, 4, bytes);
  bytes.replace(kWords, words.size(), words);
  return bytes;
}

}  // namespace ichor
