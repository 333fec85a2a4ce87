#include "machined/init/log_ring.h"

#include <algorithm>

namespace ichor::init {

void LogRing::Append(std::span<const std::byte> bytes) {
  for (const std::byte byte : bytes)
    bytes_[end_++ % kCapacity] = byte;
}

std::span<const std::byte> LogRing::Untold(std::size_t limit) const {
  const std::size_t at = told_ % kCapacity;
  const std::size_t size =
      std::min<std::size_t>({limit, kCapacity - at, static_cast<std::size_t>(end_ - told_)});
  return std::span(bytes_).subspan(at, size);
}

void LogRing::TellAgain() {
  told_ = Begin();
}

std::size_t LogRing::Last(std::span<std::byte> out) const {
  const std::uint64_t begin = end_ - std::min<std::uint64_t>(end_ - Begin(), out.size());
  for (std::uint64_t i = begin; i < end_; ++i)
    out[i - begin] = bytes_[i % kCapacity];
  return static_cast<std::size_t>(end_ - begin);
}

void LogRing::Clear() {
  end_ = 0;
  told_ = 0;
}

}  // namespace ichor::init
