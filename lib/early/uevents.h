// The kernel's events about devices: NETLINK_KOBJECT_UEVENT.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "lib/early/fd.h"

namespace ichor::early {

// A block that dm-verity refused.
struct CorruptBlock {
  std::string_view device;  // dm-1
  bool metadata = false;    // of the hash tree
  std::uint64_t number = 0;
};

// The name and value of an event that says so: "0,1234" is block 1,234 of the data. Empty if it is
// anything else.
std::optional<CorruptBlock> ParseCorruptBlock(std::string_view device, std::string_view value);

class Uevents {
 public:
  // False, with errno, if the kernel refuses.
  bool Open();
  // Becomes readable when there is an event; owned here.
  int descriptor() const { return socket_.get(); }

  // Waits for the next event, so many milliseconds at most. False if there was none.
  bool Next(int timeout_ms);
  // Of the last event: the device's modalias, or empty.
  std::string_view modalias() const { return modalias_; }
  // Of the last event: whether it is of a block device.
  bool IsBlock() const { return block_; }
  // Of the last event: the block that is not what it shall be.
  const std::optional<CorruptBlock>& corrupt() const { return corrupt_; }

 private:
  early::Fd socket_;
  std::array<char, 8192> buffer_{};
  std::string_view modalias_;
  bool block_ = false;
  std::optional<CorruptBlock> corrupt_;
};

}  // namespace ichor::early
