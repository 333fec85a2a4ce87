// Fetches what a cloud says of the machine, and keeps a copy of it on STATE.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ichor/network.resources.h"
#include "lib/base/clock.h"
#include "lib/runtime/executor.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "machined/platform/metadata.h"
#include "machined/sources/plan.h"
#include "machined/sources/source_reader.h"

namespace ichor {

// The source of PlatformFile. Asks for the files of PlatformFileSources one after the other, once a
// boot; what is not there is left out. A file that cannot be had is asked for again, after a
// second, doubled each time up to a minute, and is a Diagnostic meanwhile. Until all were answered,
// the row platform-network.yaml has what STATE has kept of an earlier boot; afterwards STATE gets
// what PlatformConfig says now. Rows that a checkpoint brought count as answers. Loop's thread
// only.
class PlatformSource {
 public:
  static constexpr std::string_view kSource = "platform.fetch";
  static constexpr std::chrono::seconds kFirstBackoff{1};
  static constexpr std::chrono::seconds kLongestBackoff{60};

  struct Parts {  // all outlive this
    Runtime& runtime;
    Loop& loop;
    const base::Clock& clock;
    SourceReader& reader;
    Executor& worker;  // of the copy
  };

  explicit PlatformSource(const Parts& parts);
  PlatformSource(const PlatformSource&) = delete;
  PlatformSource& operator=(const PlatformSource&) = delete;

  // To be called after each settle; cheap.
  void OnSettled();

 private:
  void Plan();
  void Fetch();
  void OnFile(const absl::StatusOr<std::string>& bytes);
  void Finish();
  void KeepCopy();
  void ReadCopy(const std::string& path);
  void WriteCopy(const std::string& path);
  void Publish();
  void Say(std::string detail);

  // A function for later that does nothing once this is gone.
  template <class F>
  auto WhileAlive(F f) {
    return [alive = std::weak_ptr(alive_), f = std::move(f)](auto&&... arguments) {
      if (alive.lock() != nullptr) {
        f(std::forward<decltype(arguments)>(arguments)...);
      }
    };
  }

  const Parts parts_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::vector<ConfigSource> sources_;
  bool planned_ = false;
  bool answered_ = false;  // all files
  bool busy_ = false;      // one is asked for, or waited for
  std::size_t position_ = 0;
  int failures_ = 0;
  PlatformFiles files_;
  std::optional<std::string> copy_;  // that STATE had when it was looked at
  bool copying_ = false;
  std::uint64_t copied_ = 0;  // the version of PlatformConfig that was kept
};

}  // namespace ichor
