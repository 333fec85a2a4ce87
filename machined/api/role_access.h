// Who may do what on machined's socket: the roles that a call names, of those that its peer may
// carry.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "lib/rpc/metadata.h"
#include "lib/rpc/roles.h"
#include "machined/api/context.h"

namespace ichor::api {

// apid, the installer and extensions vouch for their callers: they carry every role that the
// metadata `talos-role` names. The containerds may verify images if they name that role, and the
// dashboard reads, and writes META, in any case. `service` is what runs as the peer's process;
// empty if nobody knows.
rpc::Roles AllowedRoles(const rpc::Metadata& headers, std::uint32_t uid, std::string_view service);

class RoleAccess : public AccessPolicy {
 public:
  // The id of the service that runs as process `pid`, or "".
  using ServiceOf = std::function<std::string(std::int32_t pid)>;

  explicit RoleAccess(ServiceOf service_of) : service_of_(std::move(service_of)) {}

  absl::Status Authorize(std::string_view method, const rpc::Stream& stream) override;
  bool IsAdmin(const rpc::Stream& stream) override;

 private:
  rpc::Roles RolesOf(const rpc::Stream& stream) const;

  const ServiceOf service_of_;
};

}  // namespace ichor::api
