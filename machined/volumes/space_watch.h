// Looks at EPHEMERAL from time to time: the kernel tells nobody that a file system is full.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "lib/base/clock.h"
#include "lib/runtime/executor.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "lib/sys/file_view.h"

namespace ichor {

// A source of DiagnoseSpace's row while EPHEMERAL is mounted and the machine is not about to go
// down, which unmounts it. Loop's thread only.
class SpaceWatch {
 public:
  static constexpr std::chrono::seconds kInterval{15};

  struct Parts {  // all outlive the workers
    Runtime& runtime;
    Loop& loop;
    const base::Clock& clock;
    Executor& worker;
    sys::FileView& files;
    std::string var = "/var";
  };

  explicit SpaceWatch(Parts parts);
  SpaceWatch(const SpaceWatch&) = delete;
  SpaceWatch& operator=(const SpaceWatch&) = delete;

 private:
  static constexpr std::string_view kSource = "block.watch-space";

  bool Watched() const;
  void LookLater();
  void Look();
  void OnUse(const absl::StatusOr<sys::FilesystemUse>& use);

  const Parts parts_;
  const std::shared_ptr<SpaceWatch*> self_ = std::make_shared<SpaceWatch*>(this);
};

}  // namespace ichor
