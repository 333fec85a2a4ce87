#include "machined/parameters/apply.h"

#include <format>
#include <set>
#include <utility>

#include "absl/strings/str_split.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/resource/utf8_text.h"
#include "lib/sys/file.h"
#include "machined/parameters/policy.h"

namespace ichor {
namespace {

using runtime::KernelParamDefaultSpec;
using runtime::KernelParamSpec;
using runtime::KernelParamStatus;

constexpr size_t kLargestMemory = 1 << 20;  // bytes

}  // namespace

// Lines of id, tabulator and value. Values of several lines are not put back.
void ParameterSetter::Load() {
  if (std::exchange(loaded_, true)) {
    return;
  }
  const absl::StatusOr<std::string> text = sys::ReadFile(memory_, kLargestMemory);
  if (!text.ok()) {
    return;  // nothing was set yet in this boot
  }
  for (const absl::string_view line : absl::StrSplit(*text, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> parts = absl::StrSplit(line, absl::MaxSplits('\t', 1));
    if (parts.size() == 2) {
      before_[parts[0]] = parts[1];
    }
  }
}

void ParameterSetter::Save() const {
  std::string text;
  for (const auto& [id, value] : before_) {
    text += std::format("{}\t{}\n", id, value);
  }
  if (const absl::Status saved = sys::WriteFileAtomically(memory_, text, 0600); !saved.ok()) {
    base::Log(base::Severity::kWarning, "kernel parameters: {}", base::MessageOf(saved));
  }
}

Report<KernelParamStatus> ParameterSetter::Apply(const All<KernelParamDefaultSpec>& defaults,
                                                 const All<KernelParamSpec>& wishes) {
  Load();
  const std::map<std::string, std::string> known = before_;
  RestoreOthers(defaults, wishes);
  Report<KernelParamStatus> report;
  const auto set = [&](const std::string& id, const std::string& value, bool may_fail) {
    KernelParamStatus::Spec status;
    const std::string path = ParameterPath(id);
    const absl::StatusOr<std::string> current =
        path.empty() ? absl::InvalidArgumentError("no such parameter") : values_.Read(path);
    if (absl::IsNotFound(current.status())) {
      status.set_unsupported(true);
      report.Add(id, std::move(status));
      return;
    }
    absl::Status done = path.empty() ? current.status() : absl::OkStatus();
    if (done.ok() && current.value_or("") != value) {
      if (current.ok() && !current->contains('\n')) {
        before_.try_emplace(id, *current);
      }
      done = values_.Write(path, value);
    }
    status.set_current(Utf8Text(path.empty() ? "" : values_.Read(path).value_or(value)));
    const auto before = before_.find(id);
    status.set_default_(Utf8Text(before == before_.end() ? status.current() : before->second));
    if (done.ok() || may_fail) {
      report.Add(id, std::move(status));
    } else {
      report.AddFailed(id, std::move(status), done);
    }
  };
  for (const auto& wish : wishes) {
    set(wish.id(), wish.spec().value(), wish.spec().ignore_errors());
  }
  for (const auto& usual : defaults) {
    if (wishes.find(usual.id()) == wishes.end()) {
      set(usual.id(), usual.spec().value(), usual.spec().ignore_errors());
    }
  }
  if (before_ != known) {
    Save();
  }
  return report;
}

void ParameterSetter::RestoreOthers(const All<KernelParamDefaultSpec>& defaults,
                                    const All<KernelParamSpec>& wishes) {
  for (auto entry = before_.begin(); entry != before_.end();) {
    const auto& [id, value] = *entry;
    if (wishes.find(id) != wishes.end() || defaults.find(id) != defaults.end()) {
      ++entry;
      continue;
    }
    if (const absl::Status done = values_.Write(ParameterPath(id), value); !done.ok()) {
      base::Log(base::Severity::kWarning, "kernel parameter {} is not put back: {}", id,
                base::MessageOf(done));
    }
    entry = before_.erase(entry);
  }
}

}  // namespace ichor
