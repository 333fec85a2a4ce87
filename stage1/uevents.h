// The kernel's events about devices: NETLINK_KOBJECT_UEVENT.
#pragma once

#include <array>
#include <string_view>

#include "lib/early/fd.h"

namespace ichor::stage1 {

class Uevents {
 public:
  // False, with errno, if the kernel refuses.
  bool Open();

  // Waits for the next event, so many milliseconds at most. False if there was none.
  bool Next(int timeout_ms);
  // Of the last event: the device's modalias, or empty.
  std::string_view modalias() const { return modalias_; }  // NOLINT(readability-identifier-naming)
  // Of the last event: whether it is of a block device.
  bool IsBlock() const { return block_; }

 private:
  early::Fd socket_;
  std::array<char, 8192> buffer_{};
  std::string_view modalias_;
  bool block_ = false;
};

}  // namespace ichor::stage1
