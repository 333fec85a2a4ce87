// Any bytes as a disk: reading its partition table stays inside of it.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "lib/early/gpt.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::span<const std::uint8_t> disk(data, size);
  const auto read = [](void* context, std::uint64_t offset, std::span<std::byte> out) {
    const auto& all = *static_cast<std::span<const std::uint8_t>*>(context);
    if (offset > all.size() || all.size() - offset < out.size()) return false;
    std::memcpy(out.data(), all.data() + offset, out.size());
    return true;
  };
  ichor::early::Gpt gpt;
  ichor::early::ReadGpt({.read = read, .context = &disk}, 512, size, gpt);
  (void)gpt.WithLabel("ROOT-A");
  return 0;
}
