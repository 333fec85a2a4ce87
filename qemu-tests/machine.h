// A machine that a test starts, looks at and cuts the power of.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "qemu-tests/child_process.h"
#include "qemu-tests/early_hang.h"
#include "qemu-tests/injector.h"
#include "qemu-tests/machine_spec.h"
#include "qemu-tests/node_api.h"
#include "qemu-tests/node_notes.h"

namespace ichor::qemu {

// The files of a machine, in build/qemu/<test>/<name>/, and QEMU while it runs. The files stay
// until the test ends, and after it if it fails: listener_test.cc.
class Machine {
 public:
  // Makes the disks; nothing runs yet. An error has a tool's name; its output is in tools.log.
  static absl::StatusOr<Machine> Create(const MachineSpec& spec, const std::string& name);

  // Switches it on.
  absl::Status Start();

  // The API of the node that runs in it, from Start() to PowerCut(). The first NIC with a carrier
  // leads there.
  NodeApi& api() { return *api_; }

  // On 127.0.0.1, from Start() on; leads to the API server of a machine that serves Kubernetes.
  std::uint16_t kubernetes_port() const { return kubernetes_port_; }

  // On 127.0.0.1, from Start() on; leads to what the spec says is served.
  std::uint16_t served_port() const { return served_port_; }

  // What gets faults inside, in a machine that has it, from Start() to PowerCut(). Each boot waits
  // for it.
  Injector& injector() { return *injector_; }

  // How long each wait for the console may take, NodeApi::kPatience at first.
  void SetPatience(std::chrono::seconds patience) { patience_ = patience; }

  // Blocks until lines of the console contain `text` so many times, in what came since the last
  // Start(). An error if the machine ends first, or patience does; it has the console's last lines.
  absl::Status WaitForLine(const std::string& text, int times = 1);

  // Blocks until that many bytes came out of the serial port since the last Start(). Errors as
  // WaitForLine.
  absl::Status WaitForOutput(std::size_t bytes);

  // Ends QEMU at once. What the guest had not written is lost.
  void PowerCut();

  // The file of a disk, which another machine may have once this one is off.
  std::string DiskFile(int index) const;

  // Writes `bytes` to a disk at `offset`. Call it while the machine is off.
  absl::Status WriteToDisk(int index, std::uint64_t offset, const std::string& bytes);

  // OK if a disk that holds the image has its bytes and zeros behind them, but for what
  // WriteToDisk() wrote. Call it while the
  // machine is off.
  absl::Status DiskIsUntouched(int index) const;

  // All that came out of the serial port since the last Start().
  std::string Console() const;

 private:
  Machine(MachineSpec spec, MachineFiles files)
      : spec_(std::move(spec)), files_(std::move(files)) {}

  absl::Status MakeDisks() const;
  absl::StatusOr<std::string> CommandLine() const;
  std::string Tail() const;
  absl::Status WaitForConsole(const std::string& what, const std::function<bool()>& holds);

  MachineSpec spec_;
  MachineFiles files_;
  std::chrono::seconds patience_ = NodeApi::kPatience;
  std::uint16_t kubernetes_port_ = 0;
  std::uint16_t served_port_ = 0;
  std::optional<ChildProcess> qemu_;
  std::unique_ptr<Injector> injector_;
  std::unique_ptr<NodeApi> api_;
  std::unique_ptr<NotedNode> noted_;
  std::unique_ptr<EarlyHang> early_hang_;  // first to go
};

}  // namespace ichor::qemu
