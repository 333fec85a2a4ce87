// Who may call what: the roles of a caller, and the methods that each opens.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ichor::rpc {

// A set of roles. Names that are not known open nothing, and are left out.
class Roles {
 public:
  Roles() = default;
  // Of names as in certificates and metadata: "os:admin", "os:reader".
  explicit Roles(const std::vector<std::string>& names);

  bool Contains(std::string_view name) const;
  // As names, in alphabetical order.
  std::vector<std::string> Names() const;
  // Those that are in both.
  Roles And(const Roles& other) const;

  bool operator==(const Roles&) const = default;

 private:
  friend bool MayCall(std::string_view method, const Roles& roles);
  friend Roles RolesThatMayCall(std::string_view method);

  std::uint8_t bits_ = 0;
};

// Whether one of `roles` may call `method` ("/machine.MachineService/Version"). os:admin may call
// everything; a method without a rule is for it alone. A few methods that change something are open
// to os:reader here, because they are in maintenance mode: outside of it their handlers refuse
// whoever is not os:admin.
bool MayCall(std::string_view method, const Roles& roles);

// All roles that may call `method`: os:admin at least.
Roles RolesThatMayCall(std::string_view method);

}  // namespace ichor::rpc
