// What the machine API needs of the rest of machined.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/rpc/stream.h"
#include "lib/runtime/executor.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "lib/runtime/store.h"
#include "lib/sys/block_devices.h"
#include "lib/sys/disk_eraser.h"
#include "lib/sys/file_view.h"
#include "lib/sys/kernel.h"
#include "lib/sys/kernel_log.h"
#include "lib/sys/packet_capture.h"
#include "machine/machine.pb.h"
#include "machined/api/container_directory.h"
#include "machined/cluster_api/task.h"
#include "machined/config/apply_request.h"
#include "machined/etcd/control.h"
#include "machined/events/event_bus.h"
#include "machined/log/log_store.h"
#include "machined/meta/store.h"

namespace ichor::api {

// The services of this node. Called on the loop's thread; must not block.
class ServiceDirectory {
 public:
  virtual ~ServiceDirectory() = default;

  // All services, sorted by id, each with its events (oldest first) and its health.
  virtual std::vector<machine::ServiceInfo> List() = 0;

  // Asks for a change and answers at once with a sentence for the operator. NotFound if there is no
  // such service; FailedPrecondition if this one may not be changed by clients.
  virtual absl::StatusOr<std::string> Start(std::string_view id) = 0;
  virtual absl::StatusOr<std::string> Stop(std::string_view id) = 0;
  virtual absl::StatusOr<std::string> Restart(std::string_view id) = 0;
};

// What ends the life of this boot. Called on the loop's thread; each begins the work and answers
// with the actor_id that the events of it carry. FailedPrecondition if another one is under way.
class MachineControl {
 public:
  virtual ~MachineControl() = default;
  virtual absl::StatusOr<std::string> Reboot(machine::RebootRequest::Mode mode) = 0;
  // `force`: without leaving clusters in good order first.
  virtual absl::StatusOr<std::string> Shutdown(bool force) = 0;
  // Wipes what the request says once all services have ended, then reboots or shuts down. Errors as
  // PlanReset.
  virtual absl::StatusOr<std::string> Reset(const machine::ResetRequest& request) = 0;
};

// Who may do what: by the roles that a call carries, and by those that its peer may have.
class AccessPolicy {
 public:
  virtual ~AccessPolicy() = default;

  // OK, or PermissionDenied "not authorized".
  virtual absl::Status Authorize(std::string_view method, const rpc::Stream& stream) = 0;

  // Whether the caller is an administrator, who may see sensitive resources.
  virtual bool IsAdmin(const rpc::Stream& stream) = 0;
};

// All must outlive the server, and the views of files and the doors to disks also the workers.
struct ApiContext {
  Loop& loop;
  Runtime& runtime;
  Store& store;
  const base::Clock& clock;
  // For calls that may block. Not the one of the actuators: many calls at once, or a dead network
  // file system, would keep them waiting. One worker is enough.
  Executor& workers;
  sys::Kernel& kernel;
  sys::FileView& files;  // for figures of this machine
  sys::FileView& tree;   // for paths that clients name: refuses links on the way
  sys::KernelLog& kernel_log;
  sys::PacketCaptures& captures;
  sys::BlockDevices& block_devices;
  sys::DiskEraser& eraser;
  std::function<void()> on_disks_changed;  // by us, in a way that the kernel may not tell
  log::LogStore& logs;
  events::EventBus& events;
  MetaStore& meta;
  ServiceDirectory& services;
  MachineControl& control;
  AccessPolicy& access;
  ConfigControl& config;
  EtcdControl& etcd;
  // For calls that ask the API of Kubernetes, which may take its time.
  Executor& cluster_worker;
  NewApi new_api;
  ContainerDirectory& containers;
  ContainerDirectory& memory_containers;  // of the containerd whose data are in memory
};

}  // namespace ichor::api
