// init's end of the socket to machined.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "lib/early/fd.h"
#include "machined/init/protocol.h"

namespace ichor::init {

enum class Sent : std::uint8_t { kDone, kFull, kGone };

// One connection after the other: each machined gets its own pair. Nothing blocks.
class Link {
 public:
  // Makes a new pair and keeps one end. The other is for the child, and is closed by the caller.
  // Not ok(), with errno, if the kernel has none to give.
  early::Fd Renew();

  // Receives one request into `buffer`; empty if there is none now. Sets `gone` if the other end is
  // closed.
  std::span<const std::byte> Receive(std::span<std::byte> buffer, bool& gone) const;

  // Sends one event, if machined listens; kFull if it must be sent again later.
  Sent Send(std::span<const std::byte> message) const;

  void Close() { end_.Reset(); }
  int fd() const { return end_.get(); }

 private:
  early::Fd end_;
};

}  // namespace ichor::init
