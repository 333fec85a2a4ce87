// Which roles open which methods, written down apart from the code that decides: for tests.
#pragma once

#include <string>
#include <vector>

namespace ichor::rpc {

struct RoleRow {
  std::string method;
  std::vector<std::string> roles;  // that may call it at both doors
  bool reader_in_maintenance =
      false;  // os:reader passes the doors; outside of maintenance mode the method refuses
};

// Every method that a node has.
std::vector<RoleRow> RoleTable();

// Every role that there is.
const std::vector<std::string>& AllRoles();

}  // namespace ichor::rpc
