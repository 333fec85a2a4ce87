#include "lib/dashboard/keys.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace ichor::dashboard {
namespace {

constexpr char kEscape = '\x1b';

using Sequence = std::pair<std::string_view, Key>;

// As the kernel's console, xterm and vt100 send them.
constexpr std::array<Sequence, 19> kSequences = {{{"[[A", Key::kF1},
                                                  {"[[B", Key::kF2},
                                                  {"[[C", Key::kF3},
                                                  {"[[D", Key::kF4},
                                                  {"OP", Key::kF1},
                                                  {"OQ", Key::kF2},
                                                  {"OR", Key::kF3},
                                                  {"OS", Key::kF4},
                                                  {"[11~", Key::kF1},
                                                  {"[12~", Key::kF2},
                                                  {"[13~", Key::kF3},
                                                  {"[14~", Key::kF4},
                                                  {"[A", Key::kUp},
                                                  {"[B", Key::kDown},
                                                  {"[C", Key::kRight},
                                                  {"[D", Key::kLeft},
                                                  {"OC", Key::kRight},
                                                  {"OD", Key::kLeft},
                                                  {"[Z", Key::kUp}}};

std::optional<Key> KeyOf(char c) {
  constexpr char kCtrlC = '\x03';
  constexpr char kCtrlZ = '\x1a';
  switch (c) {
    case '1':
      return Key::kF1;
    case '2':
      return Key::kF2;
    case '3':
      return Key::kF3;
    case 'h':
      return Key::kLeft;
    case 'l':
      return Key::kRight;
    case 'k':
      return Key::kUp;
    case 'j':
      return Key::kDown;
    case kCtrlZ:
      return Key::kPause;
    case 'q':
    case kCtrlC:
      return Key::kQuit;
    default:
      return std::nullopt;
  }
}

Stroke StrokeOf(char c) {
  constexpr char kBackspace = '\b';
  constexpr char kDelete = '\x7f';
  switch (c) {
    case '\r':
    case '\n':
      return {.key = Key::kEnter};
    case '\t':
      return {.key = Key::kDown};
    case kBackspace:
    case kDelete:
      return {.key = Key::kErase};
    default:
      return {.key = Key::kLetter, .letter = c};
  }
}

// Whether more may come: no letter or ~ has ended it.
bool IsBegun(std::string_view sequence) {
  return sequence.size() < 2 || sequence == "[[" ||
         (sequence.front() == '[' && sequence.back() >= '0' && sequence.back() <= ';');
}

}  // namespace

// The key that `c` completes. `taken`: it is part of a sequence.
std::optional<Key> KeyReader::InSequence(char c, bool& taken) {
  taken = c == kEscape || !begun_.empty();
  if (c == kEscape) {
    begun_ = c;
    return std::nullopt;
  }
  if (begun_.empty()) {
    return std::nullopt;
  }
  begun_ += c;
  const std::string_view sequence = std::string_view(begun_).substr(1);
  const auto* const known = std::ranges::find(kSequences, sequence, &Sequence::first);
  if (known != kSequences.end()) {
    begun_.clear();
    return known->second;
  }
  if (constexpr size_t kLongest = 16; !IsBegun(sequence) || begun_.size() > kLongest) {
    begun_.clear();
  }
  return std::nullopt;
}

std::vector<Key> KeyReader::Read(std::string_view bytes) {
  std::vector<Key> keys;
  for (const char c : bytes) {
    bool taken = false;
    std::optional<Key> key = InSequence(c, taken);
    if (!taken) {
      key = KeyOf(c);
    }
    if (key.has_value()) {
      keys.push_back(*key);
    }
  }
  return keys;
}

std::vector<Stroke> KeyReader::ReadTyped(std::string_view bytes) {
  std::vector<Stroke> strokes;
  for (const char c : bytes) {
    bool taken = false;
    const std::optional<Key> key = InSequence(c, taken);
    if (key.has_value()) {
      strokes.push_back({.key = *key});
    } else if (!taken) {
      strokes.push_back(StrokeOf(c));
    }
  }
  std::erase_if(strokes, [](const Stroke& stroke) {
    return stroke.key == Key::kLetter && (stroke.letter < ' ' || stroke.letter > '~');
  });
  return strokes;
}

}  // namespace ichor::dashboard
