#include "stage1/fallback.h"

#include <fcntl.h>

#include <array>
#include <cstring>
#include <span>

#include "lib/early/fd.h"
#include "lib/early/file.h"
#include "stage1/loader_entries.h"
#include "stage1/slot_header.h"

namespace ichor::stage1 {
namespace {

using early::OtherSlot;

constexpr const char* kEntries =
    "/sys/firmware/efi/efivars/LoaderEntries-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";
constexpr std::size_t kAttributes = 4;

bool HoldsSlot(const char* device) {
  std::array<std::byte, kSlotMagic.size()> magic{};
  const early::Fd fd(::open(device, O_RDONLY | O_CLOEXEC));
  return fd.ok() && early::ReadAt(fd.get(), 0, magic) &&
         std::memcmp(magic.data(), kSlotMagic.data(), magic.size()) == 0;
}

}  // namespace

OtherSlot FindOtherSlot(const SystemDisk& system, char other) {
  if (system.other_slot_device.empty() || !HoldsSlot(system.other_slot_device.c_str())) return {};
  OtherSlot out;
  out.slot.Push(other);
  static std::array<char, 8192> buffer;
  const auto entries = early::ReadFile(kEntries, buffer);
  if (entries.has_value() && entries->size() > kAttributes) {
    const auto names = std::as_bytes(std::span(*entries)).subspan(kAttributes);
    out.loader.Append({"uefi"});
    out.where = FindEntry(names, other);
  } else {
    out.loader.Append({"grub"});
    out.where.Append({system.bios_device.view()});
  }
  return out.where.empty() ? OtherSlot{} : out;
}

void WriteFacts(const SlotState& state, const BootFacts& facts) {
  if (state.on_trial) facts.Write("tries", "1");
  if (!state.other.IsThere()) return;
  facts.Write("other", early::ToText(state.other).view());
  const auto asks = early::ReadAsks(state.other);
  if (asks > 0) facts.Write("asks", early::Decimal(static_cast<std::int64_t>(asks)));
}

void AskForOtherSlot(const SlotState& state, const early::Console& console) {
  if (!state.on_disk) return;
  if (state.on_trial) return console.Error({"the slot is on trial: the loader counts"});
  if (!state.other.IsThere()) return console.Error({"there is no other slot"});
  if (early::ReadAsks(state.other) >= early::kMostAsks)
    return console.Error({"the other slot was asked for already, and did not come up either"});
  const int error = early::AskFor(state.other);
  if (error != 0)
    return console.Error(
        {"ask the loader for slot ", state.other.slot.view(), ": ", early::ErrorText(error)});
  console.Error({"the loader is asked for slot ", state.other.slot.view()});
}

}  // namespace ichor::stage1
