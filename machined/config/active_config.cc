#include "machined/config/active_config.h"

#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "lib/base/log.h"
#include "lib/base/mutex.h"
#include "lib/base/status.h"

namespace ichor {
namespace {

// The last text that was read. A dozen reconcilers ask for the same one after each change.
class LastRead {
 public:
  std::optional<config::Config> Read(const std::string& text) {
    const base::MutexLock lock(mutex_);
    if (last_.has_value() && last_->text() == text) {
      return last_;
    }
    absl::StatusOr<config::Config> read = config::Load("", text);
    if (!read.ok()) {  // what became a row was read before, so this is a defect
      base::Log(base::Severity::kError, "machine config: {}", base::MessageOf(read.status()));
      return std::nullopt;
    }
    last_ = *std::move(read);
    return last_;
  }

 private:
  base::Mutex mutex_;
  std::optional<config::Config> last_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

std::optional<config::Config> ActiveConfig(const All<config::MachineConfig>& configs) {
  static LastRead* const kLast = new LastRead;
  const auto active = configs.find("v1alpha1");
  if (active == configs.end()) {
    return std::nullopt;
  }
  return kLast->Read(active->spec().yaml_marshalled());
}

}  // namespace ichor
