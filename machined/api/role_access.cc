#include "machined/api/role_access.h"

#include <vector>

namespace ichor::api {
namespace {

constexpr std::uint32_t kApidUser = 50;
constexpr std::string_view kRoleHeader = "talos-role";

rpc::Roles Named(const rpc::Metadata& headers) {
  std::vector<std::string> names;
  for (const auto& [name, value] : headers) {
    if (name == kRoleHeader) {
      names.push_back(value);
    }
  }
  return rpc::Roles(names);
}

bool VouchesForOthers(std::uint32_t uid, std::string_view service) {
  return service == "apid" || service == "installer" || service.starts_with("ext-") ||
         (service.empty() && uid == kApidUser);  // apid was started a moment ago
}

}  // namespace

rpc::Roles AllowedRoles(const rpc::Metadata& headers, std::uint32_t uid, std::string_view service) {
  if (VouchesForOthers(uid, service)) {
    return Named(headers);
  }
  if (service == "dashboard") {
    return rpc::Roles({"os:reader", "os:meta:writer"});
  }
  if (service == "containerd" || service == "cri") {
    return Named(headers).And(rpc::Roles({"os:image:verifier"}));
  }
  return {};
}

absl::Status RoleAccess::Authorize(std::string_view method, const rpc::Stream& stream) {
  return rpc::MayCall(method, RolesOf(stream)) ? absl::OkStatus()
                                               : absl::PermissionDeniedError("not authorized");
}

bool RoleAccess::IsAdmin(const rpc::Stream& stream) {
  return RolesOf(stream).Contains("os:admin");
}

rpc::Roles RoleAccess::RolesOf(const rpc::Stream& stream) const {
  const auto& process = stream.peer().process;
  if (!process.has_value()) {
    return {};
  }
  return AllowedRoles(stream.headers(), process->uid, service_of_(process->pid));
}

}  // namespace ichor::api
