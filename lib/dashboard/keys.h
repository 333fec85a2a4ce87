// Keys of a terminal. See console_codes(4).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ichor::dashboard {

enum class Key : std::uint8_t { kF1, kF2, kF3, kF4, kLeft, kRight, kUp, kDown, kPause, kQuit };

// Takes keys out of what a terminal sends.
class KeyReader {
 public:
  // What `bytes` say; a sequence that is not whole yet waits for the rest. What is no key of ours
  // is nothing.
  std::vector<Key> Read(std::string_view bytes);

 private:
  std::string begun_;
};

}  // namespace ichor::dashboard
