// Any bytes as META, as they are and as records in a block that fits: what is read can be written,
// and is read again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/log/check.h"
#include "machined/meta/codec.h"
#include "openssl/sha.h"

namespace ichor {
namespace {

// `records` in a block with magic numbers and a checksum.
std::string Sealed(std::string_view records) {
  std::string block = *EncodeMetaBlock({});
  constexpr std::size_t kChecksumAt = kMetaBlockBytes - 36;
  const std::size_t size = std::min(records.size(), kChecksumAt - 4);
  block.replace(4, size, records.substr(0, size));
  block.replace(kChecksumAt, 32, 32, '\0');
  unsigned char sum[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(block.data()), block.size(), sum);
  block.replace(kChecksumAt, 32, reinterpret_cast<const char*>(sum), 32);
  return block;
}

void CheckOne(std::string_view bytes) {
  const auto tags = DecodeMeta(bytes);
  if (!tags.ok()) {
    return;
  }
  const auto block = EncodeMetaBlock(*tags);
  CHECK(block.ok());
  const auto again = DecodeMetaBlock(*block);
  CHECK(again.ok());
  CHECK(*tags == *again);
}

}  // namespace
}  // namespace ichor

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  ichor::CheckOne(bytes);
  ichor::CheckOne(ichor::Sealed(bytes));
  return 0;
}
