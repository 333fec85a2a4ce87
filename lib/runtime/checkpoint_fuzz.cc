// Any bytes as a checkpoint file, as they are and with a checksum that fits: what is accepted is
// written and read again.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/crc/crc32c.h"
#include "absl/log/check.h"
#include "lib/runtime/checkpoint.h"

namespace ichor {
namespace {

std::vector<ResourcePtr> Shared(std::vector<Resource> rows) {
  std::vector<ResourcePtr> shared;
  shared.reserve(rows.size());
  for (Resource& row : rows) {
    shared.push_back(std::make_shared<const Resource>(std::move(row)));
  }
  return shared;
}

void CheckOne(std::string_view bytes, const CheckpointOptions& options) {
  absl::StatusOr<std::vector<Resource>> rows = DecodeCheckpoint(bytes, options);
  if (!rows.ok()) return;
  const EncodedCheckpoint first = EncodeCheckpoint(Shared(*std::move(rows)), options);
  CHECK_OK(first.left_out);
  absl::StatusOr<std::vector<Resource>> again = DecodeCheckpoint(first.bytes, options);
  CHECK_OK(again.status());
  const EncodedCheckpoint second = EncodeCheckpoint(Shared(*std::move(again)), options);
  CHECK_OK(second.left_out);
  CHECK(first.bytes == second.bytes);
}

std::string Sealed(std::string_view bytes) {
  std::string sealed(bytes);
  const auto checksum = static_cast<std::uint32_t>(
      absl::ComputeCrc32c(absl::string_view(bytes.data(), bytes.size())));
  for (int shift = 0; shift < 32; shift += 8) {
    sealed.push_back(static_cast<char>(checksum >> shift & 0xff));
  }
  return sealed;
}

}  // namespace
}  // namespace ichor

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string sealed = ichor::Sealed(bytes);
  // A header and the program for free, so that most inputs reach the rows.
  const std::string headed =
      ichor::Sealed(std::string("ichor-cp\x01\0\0\0\x01p", 14) + std::string(bytes));
  for (const ichor::SpecTyping typing :
       {ichor::SpecTyping::kKnownTypes, ichor::SpecTyping::kOpaque}) {
    const ichor::CheckpointOptions options{
        .path = "", .program = "p", .kinds = {}, .typing = typing};
    ichor::CheckOne(bytes, options);
    ichor::CheckOne(sealed, options);
    ichor::CheckOne(headed, options);
  }
  return 0;
}
