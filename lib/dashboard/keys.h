// Keys of a terminal. See console_codes(4).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ichor::dashboard {

enum class Key : std::uint8_t {
  kF1,
  kF2,
  kF3,
  kF4,
  kLeft,
  kRight,
  kUp,
  kDown,
  kPause,
  kQuit,
  // While something is typed:
  kEnter,
  kErase,
  kLetter
};

struct Stroke {
  Key key{};
  char letter = 0;  // of kLetter
};

// Takes keys out of what a terminal sends.
class KeyReader {
 public:
  // What `bytes` say; a sequence that is not whole yet waits for the rest. What is no key of ours
  // is nothing.
  std::vector<Key> Read(std::string_view bytes);
  // The same while something is typed: letters are letters, a tab is down, and nothing but function
  // keys and arrows has another meaning.
  std::vector<Stroke> ReadTyped(std::string_view bytes);

 private:
  std::optional<Key> InSequence(char c, bool& taken);

  std::string begun_;
};

}  // namespace ichor::dashboard
