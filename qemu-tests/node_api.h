// A node's API, as a client of a node in maintenance mode has it.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/base/status.h"
#include "lib/resource/metadata.h"
#include "lib/resource/resource.h"
#include "lib/rpc/client.h"
#include "lib/rpc/metadata.h"
#include "lib/rpc/tls.h"
#include "lib/runtime/controller.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/rows.h"
#include "lib/runtime/store.h"
#include "machine/machine.pb.h"

namespace ichor::qemu {

// Every method blocks until the node has answered, and asks again while it cannot be reached: it
// may be booting, or machined may be on its way back. Aborted if the machine ends first,
// DeadlineExceeded or Unavailable when patience does. One thread.
class NodeApi {
 public:
  // How long a wait lasts before it counts as failed. Emulation on a busy host is slow: this is not
  // what a node may take.
  static constexpr std::chrono::seconds kPatience{600};

  // The API on 127.0.0.1:`port`, whatever certificate is shown there. `machine` becomes readable
  // when the machine is gone, and outlives this.
  static absl::StatusOr<std::unique_ptr<NodeApi>> Create(std::uint16_t port, int machine);
  ~NodeApi();
  NodeApi(const NodeApi&) = delete;
  NodeApi& operator=(const NodeApi&) = delete;

  std::uint16_t port() const { return port_; }

  void SetPatience(std::chrono::nanoseconds patience) { patience_ = patience; }

  // Who asks, and whom it trusts, from now on: at first nobody in particular, and anybody.
  void UseIdentity(rpc::TlsClientOptions identity);

  // What is sent with each call from now on: `node` or `nodes`, for nodes that this one asks.
  void UseMetadata(rpc::Metadata metadata);

  absl::StatusOr<std::string> VersionTag();
  absl::StatusOr<std::vector<machine::ProcessInfo>> Processes();
  absl::StatusOr<std::vector<machine::ServiceInfo>> Services();
  absl::StatusOr<std::vector<machine::MountStat>> Mounts();
  // The kernel's log, and the log of a service, as text.
  absl::StatusOr<std::string> Dmesg();
  absl::StatusOr<std::string> Logs(const std::string& service);

  // Lets the machine run until then, and asks it whether it is well: the one wait for time, for
  // what a node must not do while nobody asks.
  absl::Status StaysUpUntil(base::MonotonicTime time);

  // The messages of one call that streams its answer, or whose answer is one message.
  absl::StatusOr<std::vector<std::string>> Call(const std::string& path,
                                                const std::string& request);

  // The same, asked once: for what must not be done twice.
  absl::StatusOr<std::vector<std::string>> CallOnce(const std::string& path,
                                                    const std::string& request);

  // Gives the node a config, by MachineService.ApplyConfiguration.
  absl::StatusOr<machine::ApplyConfiguration> Apply(const std::string& config,
                                                    machine::ApplyConfigurationRequest::Mode mode);

  // All rows of a kind, as YAML; for whoever reads them.
  absl::StatusOr<std::string> Yaml(const Kind& kind);

  // All rows of T as they are now.
  template <class T>
  absl::StatusOr<All<T>> List() {
    return WaitFor<T>("rows", [](const All<T>&) { return true; });
  }

  // The spec of one row of T. NotFound if there is none.
  template <class T>
  absl::StatusOr<typename T::Spec> Get(const std::string& id) {
    ASSIGN_OR_RETURN(const All<T> rows, List<T>());
    const auto row = rows.find(id);
    if (row == rows.end()) {
      return absl::NotFoundError(std::string(T::kType) + " " + id);
    }
    return row->spec();
  }

  // Watches T until `holds` is true of its rows, and returns them. The error names `what` was
  // waited for, and has the rows that there were.
  template <class T, std::predicate<const All<T>&> Predicate>
  absl::StatusOr<All<T>> WaitFor(const std::string& what, Predicate holds) {
    ASSIGN_OR_RETURN(Snapshot rows,
                     WaitForRows(TypeRef::Of<T>().kind, what, [&holds](const Snapshot& snapshot) {
                       return holds(All<T>(snapshot));
                     }));
    return All<T>(std::move(rows));
  }

 private:
  using Holds = std::function<bool(const Snapshot&)>;

  NodeApi(std::unique_ptr<Loop> loop, std::uint16_t port, int machine);

  absl::StatusOr<std::unique_ptr<rpc::Client>> Connect();
  absl::Status Drive(const std::function<bool()>& done, base::MonotonicTime until);
  absl::StatusOr<std::vector<std::string>> Attempt(const std::string& path,
                                                   const std::string& request,
                                                   base::MonotonicTime until);
  absl::StatusOr<Snapshot> WaitForRows(const Kind& kind, const std::string& what,
                                       const Holds& holds);
  absl::Status Follow(Store& store, const Kind& kind, const Holds& holds,
                      base::MonotonicTime until);
  absl::StatusOr<std::string> Text(const std::string& path, const std::string& request);

  const base::RealClock clock_;
  const std::unique_ptr<Loop> loop_;
  const std::uint16_t port_;
  const int machine_;
  bool gone_ = false;
  rpc::TlsClientOptions identity_{.trust = rpc::TlsTrust::kAnybody};
  rpc::Metadata metadata_;
  std::chrono::nanoseconds patience_ = kPatience;
  std::unique_ptr<rpc::Client> client_;  // null, or of the last call
};

}  // namespace ichor::qemu
