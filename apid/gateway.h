// The door to the node: listens with TLS as the state says, and lets callers through to machined,
// or on to other nodes.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "apid/budget.h"
#include "apid/machined.h"
#include "apid/nodes.h"
#include "apid/routing_policy.h"
#include "lib/base/clock.h"
#include "lib/rpc/roles.h"
#include "lib/rpc/server.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor::apid {

// Loop's thread only.
class Gateway {
 public:
  // Registers itself with `runtime`, whose actuators must run on the loop's thread. All must
  // outlive the gateway.
  Gateway(Loop& loop, Runtime& runtime, const base::Clock& clock, std::string machined_path,
          const NodesOptions& nodes = {});
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  // Listens as the rows "apid" and "api" say; not at all if one is missing. New certificates count
  // for new connections; a change of who may connect, or where, breaks those that there are. Fails
  // as rpc::Server::CreateTls, or for certificates that are none.
  absl::Status Apply(const All<runtime::APIServiceConfig>& configs,
                     const All<secrets::ApiCertificate>& certificates);

  // The port that it listens on; Unavailable if it does not.
  absl::StatusOr<std::uint16_t> Port() const;

  // How many calls there are; one that goes to several nodes counts for each.
  size_t calls() const { return budget_.calls(); }

 private:
  std::unique_ptr<rpc::Call> NewCall(std::string_view path, rpc::Stream& stream);
  std::unique_ptr<rpc::Call> NewFanOut(std::string_view path, const Route& route,
                                       const Whereabouts& here,
                                       const std::vector<std::string>& roles, rpc::Stream& stream);
  rpc::Roles RolesOf(const rpc::Stream& stream) const;
  std::set<std::string> OwnNames();

  Loop& loop_;
  Runtime& runtime_;
  const base::Clock& clock_;
  runtime::APIServiceConfig::Spec config_;
  Budget budget_{Limits{}};
  Machined machined_;
  Nodes nodes_;
  std::unique_ptr<rpc::Server> server_;  // last: its calls use all of these
};

}  // namespace ichor::apid
