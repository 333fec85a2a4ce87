// Where the characters of a text start.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace ichor::yml {

// libyaml counts characters; this finds the byte where one starts. The text must outlive it.
class CharacterIndex {
 public:
  explicit CharacterIndex(std::string_view text);

  // The offset of the character with that number, from 0; the end of the text if it has fewer.
  std::uint32_t Offset(size_t character) const;

 private:
  std::string_view text_;
  std::vector<std::uint32_t> starts_;  // of every 64th character; empty: all are one byte
};

}  // namespace ichor::yml
