// Network namespaces with links in them, for tests against the running kernel.
#pragma once

#include <cstdint>
#include <string>

#include "lib/base/unique_fd.h"

namespace ichor::sys {

// Brings the calling thread back, at the end of its life, to the namespace that it is in now.
class KeepNetwork {
 public:
  KeepNetwork();
  ~KeepNetwork();
  KeepNetwork(const KeepNetwork&) = delete;
  KeepNetwork& operator=(const KeepNetwork&) = delete;

 private:
  base::UniqueFd network_;
};

// Moves the calling thread into a network namespace of its own and returns a descriptor of it. A
// failure ends the test program.
base::UniqueFd EnterNewNetwork();
// Moves the calling thread into this namespace.
void EnterNetwork(const base::UniqueFd& network);

// Makes a pair of connected links, `name` here and `peer` in `peer_network`.
void MakeVethPair(const std::string& name, const std::string& peer,
                  const base::UniqueFd& peer_network);
// The index of a link of the calling thread's namespace; 0 if there is none.
std::uint32_t LinkIndexOf(const std::string& name);
// Brings a link of the calling thread's namespace up or down.
void SetLinkUp(const std::string& name, bool up);
// Makes a firewall table for IPv4 and IPv6 in the calling thread's namespace. False if the kernel
// has none.
bool MakeFirewallTable(const std::string& name);
// Whether there is one of this name.
bool HasFirewallTable(const std::string& name);
// Waits, at most 2 s, until a link of this namespace has carrier and sends.
void WaitForCarrier(const std::string& name);

}  // namespace ichor::sys
