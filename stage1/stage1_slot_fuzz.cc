// Any bytes as a slot's header: what is accepted lies inside the slot.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "stage1/slot_header.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::byte> header(ichor::stage1::kSlotHeaderBytes);
  for (std::size_t i = 0; i < size && i < header.size(); ++i)
    header[i] = static_cast<std::byte>(data[i]);
  constexpr std::uint64_t kSlot = 1ULL << 30U;
  ichor::stage1::SlotHeader out;
  if (ichor::stage1::ParseSlotHeader(header, kSlot, out) != nullptr) return 0;
  for (std::size_t i = 0; i < out.count; ++i) {
    const auto& image = out.images[i];
    if (image.offset + image.length > image.tree_offset ||
        image.tree_offset + image.tree_length > kSlot)
      std::abort();
  }
  return 0;
}
