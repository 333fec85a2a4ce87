#include "machined/init/line_splitter.h"

namespace ichor::init {

bool LineSplitter::Take(std::span<const std::byte>& bytes) {
  if (whole_) size_ = 0;
  whole_ = false;
  while (!bytes.empty()) {
    const auto c = static_cast<char>(bytes.front());
    whole_ = c == '\n' || size_ == kMax;
    if (c == '\n' || !whole_) bytes = bytes.subspan(1);
    if (whole_) return true;
    buffer_[size_++] = c;
  }
  return false;
}

}  // namespace ichor::init
