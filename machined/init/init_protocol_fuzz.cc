// Any bytes as a message to init: what is accepted lies inside the message and says what was
// checked.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "machined/init/protocol.h"

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

void CheckStrings(const std::array<const char*, ichor::init::kMaxStrings + 1>& strings,
                  std::uint32_t count, std::string_view message) {
  for (std::uint32_t i = 0; i < count; ++i) {
    Require(strings[i] > message.data() && strings[i] < message.data() + message.size());
    Require(strings[i] + std::string_view(strings[i]).size() < message.data() + message.size());
  }
  Require(strings[count] == nullptr);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span message(reinterpret_cast<const std::byte*>(data), size);
  const auto type = ichor::init::TypeOf(message);
  if (!type.has_value()) return 0;
  Require(ichor::init::Tail(message).size() < size);
  ichor::init::StartView view;
  if (!ichor::init::ParseStart(message, view)) return 0;
  Require(*type == ichor::init::Type::kStart && ichor::init::IsId(view.id));
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Require(view.path[0] == '/');
  CheckStrings(view.argv, view.fixed.argc, bytes);
  CheckStrings(view.env, view.fixed.envc, bytes);
  return 0;
}
