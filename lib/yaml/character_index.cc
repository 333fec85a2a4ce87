#include "lib/yaml/character_index.h"

#include <algorithm>

namespace ichor::yml {
namespace {

constexpr size_t kStride = 64;

bool IsContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80;
}

}  // namespace

CharacterIndex::CharacterIndex(std::string_view text) : text_(text) {
  const auto ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (std::ranges::all_of(text, ascii)) return;
  size_t characters = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (IsContinuation(text[i])) continue;
    if (characters++ % kStride == 0) starts_.push_back(static_cast<std::uint32_t>(i));
  }
}

std::uint32_t CharacterIndex::Offset(size_t character) const {
  if (starts_.empty()) return static_cast<std::uint32_t>(std::min(character, text_.size()));
  const size_t stride = character / kStride;
  if (stride >= starts_.size()) return static_cast<std::uint32_t>(text_.size());
  size_t offset = starts_[stride];
  for (size_t left = character % kStride; left > 0 && offset < text_.size(); --left) {
    ++offset;
    while (offset < text_.size() && IsContinuation(text_[offset]))
      ++offset;
  }
  return static_cast<std::uint32_t>(offset);
}

}  // namespace ichor::yml
