// What containers write, as container-log tells it: machined/containers/log.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/base/unique_fd.h"
#include "lib/runtime/loop.h"

namespace ichor {

// Loop's thread only.
class ContainerLogs {
 public:
  using OnLog = std::function<void(std::string_view id, std::string_view bytes)>;

  // Listens on `socket`, which only root may write to. `loop` must outlive it. Fails as
  // sys::BindDatagrams.
  static absl::StatusOr<std::unique_ptr<ContainerLogs>> Create(Loop& loop,
                                                               const std::string& socket,
                                                               OnLog on_log);
  ~ContainerLogs();
  ContainerLogs(const ContainerLogs&) = delete;
  ContainerLogs& operator=(const ContainerLogs&) = delete;

 private:
  ContainerLogs(Loop& loop, base::UniqueFd fd, OnLog on_log);
  void Receive();

  Loop& loop_;
  const base::UniqueFd fd_;
  const OnLog on_log_;
  std::string buffer_;
};

}  // namespace ichor
