#include "ichorctl/etcd/snapshot_file.h"

#include <algorithm>
#include <span>

namespace ichor::ctl {
namespace {

constexpr std::size_t kHashBytes = 32;
constexpr std::uint64_t kPageBytes = 512;

}  // namespace

void SnapshotCheck::Add(std::string_view bytes) {
  size_bytes_ += bytes.size();
  tail_ += bytes;
  if (tail_.size() > kHashBytes) {
    const std::size_t sure = tail_.size() - kHashBytes;
    hash_.Update(std::as_bytes(std::span(tail_)).first(sure));
    tail_.erase(0, sure);
  }
}

absl::Status SnapshotCheck::Finish() {
  const auto hash = hash_.Finish();
  const bool whole = size_bytes_ > kHashBytes && size_bytes_ % kPageBytes == kHashBytes &&
                     std::ranges::equal(hash, std::as_bytes(std::span(tail_)));
  return whole ? absl::OkStatus()
               : absl::DataLossError("the snapshot is not whole: its hash is not that of its data");
}

}  // namespace ichor::ctl
