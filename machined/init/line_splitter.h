// Lines out of a stream of bytes.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace ichor::init {

// Gathers bytes until a line is whole. A line longer than kMax comes in pieces.
class LineSplitter {
 public:
  static constexpr std::size_t kMax = 800;

  // Takes bytes off the front of `bytes` up to the end of a line. True if line() is one now,
  // without its line feed; false if all bytes are taken and the line goes on.
  bool Take(std::span<const std::byte>& bytes);
  // The line that Take() completed. Valid until the next Take().
  std::string_view line() const { return {buffer_.data(), size_}; }

 private:
  std::array<char, kMax> buffer_{};
  std::size_t size_ = 0;
  bool whole_ = false;
};

}  // namespace ichor::init
