// The last lines of one log, bounded in bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ichor::log {

// Keeps whole lines, each ended by a line feed. A position counts all bytes that ever were in the
// ring, so it stays good when old lines go. Not thread-safe.
class Ring {
 public:
  // A longer line is broken by a line feed.
  static constexpr size_t kMaxLineBytes = 16 << 10;

  // Keeps the newest lines of together at most `capacity_bytes`, which must be more than
  // kMaxLineBytes.
  explicit Ring(size_t capacity_bytes) : capacity_bytes_(capacity_bytes) {}

  // Adds `bytes`, which may begin and end anywhere in a line. Nobody reads a line before it is
  // complete.
  void Append(std::string_view bytes);

  // Completes the line that was begun, if there is one: nothing more comes of it.
  void EndLine();

  // Drops the oldest lines until at most `bytes` are held.
  void Shrink(size_t bytes);

  // Positions of the first byte that is held, and behind the last complete line.
  std::uint64_t begin() const { return begin_; }
  std::uint64_t end() const { return begin_ + complete_; }

  // Bytes held, those of an incomplete line included.
  size_t size() const { return buffer_.size(); }

  // Position of the last `lines` complete lines: begin() if there are not so many.
  std::uint64_t Tail(size_t lines) const;

  // Bytes from `position`, which must be within [begin(), end()], at most `limit`. Valid until the
  // ring changes.
  std::string_view Read(std::uint64_t position, size_t limit) const;

 private:
  void AppendPart(std::string_view part);

  size_t capacity_bytes_;
  std::string buffer_;
  std::uint64_t begin_ = 0;  // position of the buffer's first byte
  size_t complete_ = 0;      // bytes of the buffer that are complete lines
};

}  // namespace ichor::log
