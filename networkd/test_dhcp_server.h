// A DHCP server for tests: one address, told how to behave.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lib/base/unique_fd.h"
#include "lib/sys/poller.h"
#include "networkd/dhcp/message.h"

namespace ichor::networkd {

// Answers on a link of the network namespace that it is created in.
class TestDhcpServer {
 public:
  TestDhcpServer(sys::Poller& poller, const std::string& link);
  ~TestDhcpServer();

  // What it gives, and how.
  Ipv4 address = 0x0a090005;  // 10.9.0.5
  Ipv4 server = 0x0a090001;   // 10.9.0.1
  std::uint32_t lease_seconds = 3600;
  std::map<DhcpOption, std::string> options;
  bool refuse = false;  // answers requests with a NAK
  bool silent = false;

  // The types of what it was asked, in order.
  std::vector<DhcpType> asked;

 private:
  void Receive();
  void Answer(const DhcpMessage& message);

  sys::Poller& poller_;
  base::UniqueFd fd_;
};

}  // namespace ichor::networkd
