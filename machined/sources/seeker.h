// Looks for the first config of a node that has none.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "machined/config/apply_request.h"
#include "machined/sources/plan.h"
#include "machined/sources/source_reader.h"

namespace ichor {

// While the node is in maintenance mode and nothing is wrong with it, asks the sources of
// ConfigSources one after the other, and gives the config that it finds to the node as a client
// would. Nobody has to wait for it: a client's config is taken meanwhile. A source that fails is
// asked again, after a second, doubled each time up to a minute; what failed is a Diagnostic, and a
// line on the console. A config that is not complete is kept, and the next source asked. Loop's
// thread only.
class ConfigSeeker {
 public:
  static constexpr std::chrono::seconds kFirstBackoff{1};
  static constexpr std::chrono::seconds kLongestBackoff{60};
  // How long a URL waits for what it asks of the machine; then what is missing is empty.
  static constexpr std::chrono::seconds kPatience{90};

  struct Parts {  // all outlive this
    Runtime& runtime;
    Loop& loop;
    const base::Clock& clock;
    SourceReader& reader;
    ConfigControl& config;
    // A source failed, for those who follow events.
    std::function<void(const std::string& error)> on_error;
  };

  explicit ConfigSeeker(Parts parts);
  ConfigSeeker(const ConfigSeeker&) = delete;
  ConfigSeeker& operator=(const ConfigSeeker&) = delete;

  // To be called after each settle; cheap.
  void OnSettled();

 private:
  static constexpr std::string_view kSource = "config.seek";

  void Stop();
  void Plan();
  void Try();
  void TryUrl(const ConfigSource& source);
  void TryVolume(const ConfigSource& source);
  void Next();
  void OnBytes(const absl::StatusOr<std::string>& bytes);
  void Offer(const std::string& text);
  void OnApplied(const std::string& text, const absl::StatusOr<Applied>& applied);
  void Fail(const absl::Status& status);
  void RunIn(std::chrono::nanoseconds delay);
  void Say(std::string detail);

  // A function for later that does nothing once the search stopped, or this is gone.
  template <class F>
  auto WhileSought(F f) {
    return [sought = std::weak_ptr(sought_), f = std::move(f)](auto&&... arguments) {
      if (sought.lock() != nullptr) {
        f(std::forward<decltype(arguments)>(arguments)...);
      }
    };
  }

  const Parts parts_;
  std::shared_ptr<bool> sought_;  // while maintenance mode lasts
  bool planned_ = false;
  std::vector<ConfigSource> sources_;
  size_t position_ = 0;   // of the source that is asked now
  bool waiting_ = false;  // for rows
  std::string include_url_;
  int failures_ = 0;  // of this source, one after the other
  std::optional<base::MonotonicTime> patient_until_;
  std::optional<Loop::TimerId> timer_;
};

}  // namespace ichor
