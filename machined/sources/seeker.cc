#include "machined/sources/seeker.h"

#include <algorithm>
#include <format>
#include <utility>

#include "ichor/boot.resources.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/config/config.h"
#include "machined/config/plan.h"
#include "machined/sources/encoded.h"
#include "machined/sources/found.h"
#include "machined/sources/labelled.h"
#include "machined/sources/url.h"
#include "machined/sources/variables.h"
#include "talos/resource/definitions/hardware/hardware.resources.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {
namespace {

using Place = ConfigSource::Place;

// Maintenance mode with a reason is one that somebody has to look into, such as two disks that each
// hold a system: a config that nobody watches would make it worse.
bool IsOpen(Runtime& runtime) {
  const auto stages = runtime.Read<boot::NodeStage>();
  return !stages.empty() && stages.front().spec().stage() == boot::NodeStage::Spec::MAINTENANCE &&
         stages.front().spec().reason().empty();
}

bool HasAddress(Runtime& runtime) {
  const auto statuses = runtime.Read<network::NetworkStatus>();
  return !statuses.empty() && statuses.front().spec().address_ready();
}

// Whether a node can boot with `text` alone; one that cannot be read is refused before.
bool IsWhole(const std::string& text) {
  const absl::StatusOr<config::Config> config = config::Load("", text);
  return config.ok() && IsComplete(*config);
}

}  // namespace

ConfigSeeker::ConfigSeeker(Parts parts) : parts_(std::move(parts)) {
  parts_.runtime.AddSource<runtime::Diagnostic>(kSource);
  Say("");
}

void ConfigSeeker::OnSettled() {
  if (!parts_.config.InMaintenance() || !IsOpen(parts_.runtime)) {
    Stop();
  } else if (sought_ == nullptr) {
    sought_ = std::make_shared<bool>(true);
    RunIn(std::chrono::seconds(0));
  } else if (waiting_) {
    Try();
  }
}

void ConfigSeeker::Stop() {
  if (sought_ == nullptr) {
    return;
  }
  sought_.reset();
  parts_.reader.Cancel();
  if (timer_.has_value()) {
    parts_.loop.Cancel(*timer_);
    timer_.reset();
  }
  waiting_ = false;
  planned_ = false;
  Say("");
}

void ConfigSeeker::RunIn(std::chrono::nanoseconds delay) {
  waiting_ = false;
  if (timer_.has_value()) {
    parts_.loop.Cancel(*timer_);
  }
  timer_ = parts_.loop.RunAt(parts_.clock.Monotonic() + delay, WhileSought([this] {
                               timer_.reset();
                               Try();
                             }));
}

// Once the rows are there that say where to look.
void ConfigSeeker::Plan() {
  const auto lines = parts_.runtime.Read<runtime::KernelCmdline>();
  const auto systems = parts_.runtime.Read<hardware::SystemInformation>();
  if (!lines.empty() && !systems.empty()) {
    sources_ =
        ConfigSources(lines.front().spec().cmdline(), systems.front().spec().serial_number());
    planned_ = true;
    position_ = 0;
    failures_ = 0;
    include_url_.clear();
    patient_until_.reset();
  }
}

void ConfigSeeker::Try() {
  waiting_ = false;
  if (!planned_) {
    Plan();
  }
  if (!planned_ || position_ == sources_.size()) {
    waiting_ = !planned_;
    return;
  }
  const ConfigSource& source = sources_[position_];
  if (!include_url_.empty() || source.place == Place::kUrl) {
    TryUrl(source);
  } else if (source.place == Place::kVolume) {
    TryVolume(source);
  } else if (source.place == Place::kArgument) {
    OnBytes(DecodeArgument(source.value));
  } else {
    parts_.reader.ReadEmbedded(
        WhileSought([this](const absl::StatusOr<std::string>& bytes) { OnBytes(bytes); }));
  }
}

void ConfigSeeker::TryUrl(const ConfigSource& source) {
  if (!HasAddress(parts_.runtime)) {
    waiting_ = true;
    return;
  }
  FilledUrl filled = {.url = include_url_, .missing = {}};
  if (include_url_.empty()) {
    filled = source.form == ConfigSource::Form::kConfig
                 ? FillUrl(source.value, VariablesOf(parts_.runtime))
                 : FilledUrl{.url = source.value, .missing = {}};
  }
  const base::MonotonicTime now = parts_.clock.Monotonic();
  if (!patient_until_.has_value()) {
    patient_until_ = now + kPatience;
  }
  if (!filled.missing.empty() && now < *patient_until_) {
    RunIn(*patient_until_ - now);
    waiting_ = true;
    return;
  }
  if (timer_.has_value()) {  // of the patience
    parts_.loop.Cancel(*timer_);
    timer_.reset();
  }
  parts_.reader.Download(filled.url, WhileSought([this](const absl::StatusOr<std::string>& bytes) {
                           OnBytes(bytes);
                         }));
}

void ConfigSeeker::TryVolume(const ConfigSource& source) {
  const absl::StatusOr<block::DiscoveredVolume::Spec> volume =
      FindLabelled(parts_.runtime, source.labels);
  if (volume.ok()) {
    parts_.reader.ReadVolume(
        volume->dev_path(), volume->name(), source.value,
        WhileSought([this](const absl::StatusOr<std::string>& bytes) { OnBytes(bytes); }));
  } else if (absl::IsUnavailable(volume.status())) {
    waiting_ = true;
  } else {
    OnBytes(volume.status());
  }
}

void ConfigSeeker::Next() {
  ++position_;
  failures_ = 0;
  include_url_.clear();
  patient_until_.reset();
  Say("");
  RunIn(std::chrono::seconds(0));
}

void ConfigSeeker::OnBytes(const absl::StatusOr<std::string>& bytes) {
  const ConfigSource& source = sources_[position_];
  const bool included = !include_url_.empty();
  if (absl::IsNotFound(bytes.status()) && source.optional && !included) {
    Next();
    return;
  }
  if (!bytes.ok()) {
    Fail(bytes.status());
    return;
  }
  const absl::StatusOr<FoundConfig> found =
      ReadFound(included ? ConfigSource::Form::kConfig : source.form, *bytes);
  if (!found.ok()) {
    Fail(found.status());
  } else if (!found->include_url.empty()) {
    include_url_ = found->include_url;
    RunIn(std::chrono::seconds(0));
  } else if (!found->text.empty()) {
    Offer(found->text);
  } else if (source.optional && !included) {
    Next();
  } else {
    Fail(absl::NotFoundError("the config there is empty"));
  }
}

void ConfigSeeker::Offer(const std::string& text) {
  base::Log(base::Severity::kInfo, "config source {}: found a config", sources_[position_].name);
  parts_.config.Apply({.text = text},
                      WhileSought([this, text](const absl::StatusOr<Applied>& applied) {
                        OnApplied(text, applied);
                      }));
}

void ConfigSeeker::OnApplied(const std::string& text, const absl::StatusOr<Applied>& applied) {
  if (!applied.ok()) {
    Fail(applied.status());
    return;
  }
  for (const std::string& warning : applied->warnings) {
    base::Log(base::Severity::kWarning, "config: {}", warning);
  }
  base::Log(base::Severity::kInfo, "config: {}", applied->details);
  if (IsWhole(text)) {
    Say("");  // maintenance mode ends soon, and the search with it
  } else {
    Next();
  }
}

void ConfigSeeker::Fail(const absl::Status& status) {
  const std::string error =
      std::format("config source {}: {}", sources_[position_].name, base::MessageOf(status));
  const auto backoff = std::min<std::chrono::seconds>(
      kLongestBackoff, kFirstBackoff * (1 << std::min(failures_, 6)));
  ++failures_;
  base::Log(base::Severity::kWarning, "{}; tried again in {}", error, backoff);
  parts_.on_error(error);
  Say(error);
  patient_until_.reset();
  RunIn(backoff);
}

void ConfigSeeker::Say(std::string detail) {
  Desired<runtime::Diagnostic> rows;
  if (!detail.empty()) {
    runtime::Diagnostic::Spec row;
    row.set_message("the node looks for its config, and could not get it yet");
    row.add_details(std::move(detail));
    rows.Add("config-source", std::move(row));
  }
  parts_.runtime.Publish<runtime::Diagnostic>(kSource, std::move(rows));
}

}  // namespace ichor
