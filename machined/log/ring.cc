#include "machined/log/ring.h"

#include <algorithm>

namespace ichor::log {
namespace {

// Old lines go in bunches of this part of the capacity: each costs a move of all that stays.
constexpr size_t kSlackPart = 8;

}  // namespace

void Ring::Append(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, kMaxLineBytes);
    AppendPart(part);
    bytes.remove_prefix(part.size());
  }
}

void Ring::EndLine() {
  if (complete_ < buffer_.size()) {
    AppendPart("\n");
  }
}

void Ring::Shrink(size_t bytes) {
  if (buffer_.size() <= bytes) {
    return;
  }
  const size_t excess = std::min(buffer_.size() - bytes, complete_);
  if (excess == 0) {
    return;
  }
  // Up to the end of the line that the excess ends in.
  const size_t cut = buffer_.find('\n', excess - 1) + 1;
  buffer_.erase(0, cut);
  begin_ += cut;
  complete_ -= cut;
}

std::uint64_t Ring::Tail(size_t lines) const {
  size_t start = complete_;
  for (; lines > 0 && start > 0; --lines) {
    const size_t feed = start < 2 ? std::string::npos : buffer_.rfind('\n', start - 2);
    start = feed == std::string::npos ? 0 : feed + 1;
  }
  return begin_ + start;
}

std::string_view Ring::Read(std::uint64_t position, size_t limit) const {
  const auto offset = static_cast<size_t>(position - begin_);
  return std::string_view(buffer_).substr(offset, std::min(limit, complete_ - offset));
}

void Ring::AppendPart(std::string_view part) {
  const size_t slack = capacity_bytes_ / kSlackPart;
  if (buffer_.size() + part.size() + 2 > capacity_bytes_) {  // two lines may be broken
    Shrink(capacity_bytes_ - std::min(capacity_bytes_, part.size() + slack));
  }
  if (buffer_.capacity() < buffer_.size() + part.size()) {
    buffer_.reserve(
        std::min(capacity_bytes_, std::max(2 * buffer_.capacity(), buffer_.size() + part.size())));
  }
  while (!part.empty()) {
    const size_t line = part.find('\n');
    const size_t room = kMaxLineBytes - (buffer_.size() - complete_) - 1;
    const size_t taken = std::min({line, room, part.size()});
    buffer_.append(part.substr(0, taken));
    part.remove_prefix(taken);
    if (taken == line || taken == room) {
      buffer_.push_back('\n');
      complete_ = buffer_.size();
      part.remove_prefix(taken == line ? 1 : 0);
    }
  }
}

}  // namespace ichor::log
