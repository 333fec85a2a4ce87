#include "machined/config/config_files.h"

#include <charconv>
#include <format>
#include <string_view>

#include "lib/base/status.h"
#include "lib/sys/file.h"
#include "machined/config/apply_request.h"

namespace ichor {
namespace {

constexpr const char* kCurrent = "config.yaml";
constexpr const char* kKnownGood = "config-known-good.yaml";
constexpr const char* kTrial = "config-trial";
constexpr const char* kUnproven = "config-unproven";
constexpr size_t kMaxTrialBytes = 64;
constexpr unsigned kMode = 0600;

absl::StatusOr<std::optional<std::string>> ReadIfThere(const std::string& path, size_t limit) {
  absl::StatusOr<std::string> text = sys::ReadFile(path, limit);
  if (absl::IsNotFound(text.status())) {
    return std::nullopt;
  }
  RETURN_IF_ERROR(text.status());
  return *std::move(text);
}

absl::Status RemoveIfThere(const std::string& path) {
  const absl::Status removed = sys::RemoveFile(path);
  return absl::IsNotFound(removed) ? absl::OkStatus() : removed;
}

std::int64_t TakeNumber(std::string_view& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  text.remove_prefix(text.empty() ? 0 : 1);
  return error == std::errc() ? number : 0;
}

// "1766366400 300\n": seconds since 1970, seconds.
std::string ToText(const ConfigTrial& trial) {
  return std::format(
      "{} {}\n",
      std::chrono::duration_cast<std::chrono::seconds>(trial.until.time_since_epoch()).count(),
      trial.window.count());
}

ConfigTrial ParseTrial(std::string_view text) {
  const std::int64_t until = TakeNumber(text);
  const std::int64_t window = TakeNumber(text);
  return {.until = base::WallTime(std::chrono::seconds(until)),
          .window = std::chrono::seconds(window)};
}

}  // namespace

absl::StatusOr<SavedConfigs> ConfigFiles::Read() const {
  SavedConfigs saved;
  ASSIGN_OR_RETURN(saved.current, ReadIfThere(Path(kCurrent), kMaxConfigBytes));
  ASSIGN_OR_RETURN(saved.known_good, ReadIfThere(Path(kKnownGood), kMaxConfigBytes));
  ASSIGN_OR_RETURN(const std::optional<std::string> trial,
                   ReadIfThere(Path(kTrial), kMaxTrialBytes));
  if (trial.has_value()) {
    saved.trial = ParseTrial(*trial);
  }
  ASSIGN_OR_RETURN(const std::optional<std::string> unproven,
                   ReadIfThere(Path(kUnproven), kMaxTrialBytes));
  saved.proven = !unproven.has_value();
  return saved;
}

absl::Status ConfigFiles::Save(const std::string& text,
                               const std::optional<ConfigTrial>& trial) const {
  ASSIGN_OR_RETURN(const SavedConfigs before, Read());
  if (before.current.has_value() && !before.trial.has_value() &&
      (before.proven || trial.has_value())) {
    RETURN_IF_ERROR(sys::WriteFileAtomically(Path(kKnownGood), *before.current, kMode));
  }
  if (trial.has_value()) {
    RETURN_IF_ERROR(sys::WriteFileAtomically(Path(kTrial), ToText(*trial), kMode));
  }
  if (before.current.has_value()) {
    RETURN_IF_ERROR(sys::WriteFileAtomically(Path(kUnproven), "\n", kMode));
  }
  RETURN_IF_ERROR(sys::WriteFileAtomically(Path(kCurrent), text, kMode));
  return trial.has_value() ? absl::OkStatus() : RemoveIfThere(Path(kTrial));
}

absl::Status ConfigFiles::Confirm() const {
  return RemoveIfThere(Path(kTrial));
}

absl::Status ConfigFiles::Revert() const {
  ASSIGN_OR_RETURN(const SavedConfigs saved, Read());
  if (saved.known_good.has_value()) {
    RETURN_IF_ERROR(sys::WriteFileAtomically(Path(kCurrent), *saved.known_good, kMode));
  }
  RETURN_IF_ERROR(RemoveIfThere(Path(kTrial)));
  return RemoveIfThere(Path(kUnproven));
}

absl::Status ConfigFiles::Prove() const {
  return RemoveIfThere(Path(kUnproven));
}

}  // namespace ichor
