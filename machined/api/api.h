// The machine API: machine, storage, inspect, time, cluster, and the state, for who may call them.
#pragma once

#include <memory>

#include "lib/rpc/server.h"
#include "machined/api/context.h"

namespace ichor::api {

class Methods;

// What serves the calls: keeps what outlives a single one. Must be destroyed after the server.
class MachineApi {
 public:
  explicit MachineApi(ApiContext context);
  ~MachineApi();
  MachineApi(const MachineApi&) = delete;
  MachineApi& operator=(const MachineApi&) = delete;

  // Adds all methods to `server`. Who lacks the roles for one gets PermissionDenied "not
  // authorized".
  void Serve(rpc::Server& server);

 private:
  struct State;
  const ApiContext context_;
  const std::unique_ptr<State> state_;
};

}  // namespace ichor::api
