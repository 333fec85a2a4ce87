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
constexpr std::array<Sequence, 18> kSequences = {{{"[[A", Key::kF1},
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
                                                  {"OD", Key::kLeft}}};

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

// Whether more may come: no letter or ~ has ended it.
bool IsBegun(std::string_view sequence) {
  return sequence.size() < 2 || sequence == "[[" ||
         (sequence.front() == '[' && sequence.back() >= '0' && sequence.back() <= ';');
}

}  // namespace

std::vector<Key> KeyReader::Read(std::string_view bytes) {
  std::vector<Key> keys;
  for (const char c : bytes) {
    if (c == kEscape) {
      begun_ = c;
      continue;
    }
    if (begun_.empty()) {
      if (const std::optional<Key> key = KeyOf(c)) {
        keys.push_back(*key);
      }
      continue;
    }
    begun_ += c;
    const std::string_view sequence = std::string_view(begun_).substr(1);
    const auto* const known = std::ranges::find(kSequences, sequence, &Sequence::first);
    if (known != kSequences.end()) {
      keys.push_back(known->second);
      begun_.clear();
    } else if (constexpr size_t kLongest = 16; !IsBegun(sequence) || begun_.size() > kLongest) {
      begun_.clear();
    }
  }
  return keys;
}

}  // namespace ichor::dashboard
