// DHCPv4 on links: drives a client and a conflict detector per link with packets and time, and
// publishes what they have as DHCPLease rows.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "lib/sys/packets.h"
#include "networkd/dhcp/client.h"
#include "networkd/dhcp/conflict.h"

namespace ichor::networkd {

// A link to run DHCP on.
struct DhcpLink {
  std::uint32_t index = 0;
  bool carrier = false;
  DhcpSettings settings;

  friend bool operator==(const DhcpLink&, const DhcpLink&) = default;
};

class DhcpRunner;

// Loop's thread only.
class DhcpOperator {
 public:
  struct Environment {
    Loop& loop;
    Runtime& runtime;
    sys::Packets& packets;
    const base::Clock& clock;
    // A fresh number each time.
    std::function<std::uint32_t()> random;
  };

  // All of `environment` must outlive it. Leases that stand in the store, from a checkpoint, are
  // published again at once, and gone on with when their link is wanted.
  explicit DhcpOperator(Environment environment);
  ~DhcpOperator();

  // Runs DHCP on these links, by name, and on no other. A link whose settings changed begins anew
  // with the lease it has.
  void SetLinks(const std::map<std::string, DhcpLink>& links);
  // A link that has another name now keeps its client and its lease under that name. `names` are
  // those of all links, by index.
  void FollowNames(const std::map<std::uint32_t, std::string>& names);

 private:
  friend class DhcpRunner;
  void Publish();

  const Environment environment_;
  std::map<std::string, LeaseSpec> remembered_;
  std::map<std::string, std::unique_ptr<DhcpRunner>> runners_;
};

}  // namespace ichor::networkd
