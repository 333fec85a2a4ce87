#include "machined/config/node_config.h"

#include <algorithm>
#include <chrono>
#include <format>
#include <utility>

#include "absl/strings/str_join.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "machined/config/plan.h"
#include "machined/config/read_request.h"
#include "machined/config/rows.h"
#include "machined/config/sentences.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/cluster/cluster.resources.h"

namespace ichor {
namespace {

constexpr std::chrono::seconds kRetryInterval{5};

// What became of a change on the disk.
struct Saved {
  absl::Status status;
  std::optional<absl::StatusOr<std::string>> node_id;  // of a disk that was repaired
};

config::MachineConfig::Spec RowOf(const config::Config& config) {
  config::MachineConfig::Spec spec;
  spec.set_yaml_marshalled(config.text());
  return spec;
}

std::optional<config::Config> LoadSaved(const std::optional<std::string>& text,
                                        std::string& problem) {
  if (!text.has_value()) {
    return std::nullopt;
  }
  absl::StatusOr<config::Config> read = config::Load("", *text);
  if (!read.ok()) {
    problem = base::MessageOf(read.status());
    return std::nullopt;
  }
  return *std::move(read);
}

}  // namespace

NodeConfig::NodeConfig(Parts parts) : parts_(std::move(parts)) {
  parts_.runtime.AddSource<config::MachineConfig>(kSource);
  parts_.runtime.AddSource<boot::NodeStage>(kSource);
  parts_.runtime.AddSource<cluster::Identity>(kSource);
  parts_.runtime.AddSource<block::VolumeStatus>(kSource);
  parts_.runtime.AddSource<block::MountStatus>(kSource);
  if (parts_.from_memory) {
    parts_.runtime.AddSource<block::SystemDisk>(kSource);
  }
}

void NodeConfig::OnSystemDisk(const std::string& dev_path) {
  if (disk_.empty() && stage_ == Stage::STARTING) {
    disk_ = dev_path;
    SetStage(Stage::STARTING, "");
    Look();
  }
}

void NodeConfig::OnSystemsFound(const std::vector<std::string>& accepted) {
  const bool open = stage_ == Stage::STARTING || stage_ == Stage::MAINTENANCE;
  if (!disk_.empty() || busy_ || !open || (stage_ == Stage::MAINTENANCE && accepted == found_)) {
    return;
  }
  found_ = accepted;
  if (accepted.size() == 1) {
    disk_ = accepted.front();
    base::Log(base::Severity::kInfo, "the system on {} is the machine's", disk_);
    PublishSystemDisk();
    SetStage(Stage::STARTING, "");
    Look();
    return;
  }
  PublishSystemDisk();
  PublishVolumes({});
  SetStage(Stage::MAINTENANCE,
           accepted.empty()
               ? ""
               : std::format("several disks hold a system that a config was accepted on, and the "
                             "machine runs from memory: {}; remove all but one, or boot from the "
                             "one that is meant",
                             absl::StrJoin(accepted, ", ")));
  PublishConfigs();
}

// Where stage 1 knows no system disk, this is who says which one it is.
void NodeConfig::PublishSystemDisk() {
  Desired<block::SystemDisk> rows;
  if (!disk_.empty()) {
    block::SystemDisk::Spec row;
    row.set_disk_id(disk_.substr(disk_.rfind('/') + 1));
    row.set_dev_path(disk_);
    rows.Add("system-disk", std::move(row));
  }
  parts_.runtime.Publish<block::SystemDisk>(kSource, std::move(rows));
}

void NodeConfig::Look() {
  OnDisk(
      "config.open",
      [](ConfigStorage& storage, const std::string& disk) {
        Found found{.opened = storage.Open(disk), .node_id = absl::NotFoundError("no config")};
        if (found.opened.ok() && found.opened->saved.current.has_value()) {
          found.node_id = storage.Identity();
        }
        return found;
      },
      [](NodeConfig& self, const Found& found) { self.OnOpened(found); });
}

void NodeConfig::OnOpened(const Found& found) {
  const absl::StatusOr<ConfigStorage::Opened>& opened = found.opened;
  SetIdentity(found.node_id);
  if (opened.ok()) {
    Begin(*opened);
  } else if (absl::IsDataLoss(opened.status())) {
    SetStage(Stage::RECOVERY, std::string(base::MessageOf(opened.status())));
    PublishConfigs();
  } else {  // the disk may come to itself
    SetStage(Stage::STARTING, std::string(base::MessageOf(opened.status())));
    parts_.loop.RunAt(parts_.clock.Monotonic() + kRetryInterval, [self = weak()] {
      if (const auto config = self.lock()) {
        (*config)->Look();
      }
    });
  }
}

void NodeConfig::Begin(const ConfigStorage::Opened& opened) {
  if (parts_.last_known_good && !opened.saved.proven && opened.saved.known_good.has_value()) {
    FallBack(opened.saved);
    return;
  }
  std::string problem;
  persistent_ = LoadSaved(opened.saved.current, problem);
  if (!persistent_.has_value() && !problem.empty()) {
    base::Log(base::Severity::kError, "the saved config cannot be read: {}", problem);
    std::string ignored;
    persistent_ = LoadSaved(opened.saved.known_good, ignored);
  }
  if (!persistent_.has_value() && (opened.accepted || !problem.empty())) {
    SetStage(Stage::RECOVERY, problem.empty() ? "STATE holds no config" : problem);
    PublishConfigs();
    return;
  }
  active_ = persistent_;
  if (!active_.has_value()) {
    SetStage(Stage::MAINTENANCE, "");
    PublishConfigs();
    return;
  }
  SetStage(opened.accepted ? Stage::CONFIGURED : Stage::INSTALLING, "");
  PublishConfigs();
  if (opened.saved.trial.has_value()) {
    std::string ignored;
    known_good_ = LoadSaved(opened.saved.known_good, ignored);
    Watch(*opened.saved.trial);
  }
  if (!opened.saved.proven) {
    ProveLater();
  }
  Finish();
}

// A node whose identity is damaged runs on: its config says how to reach it. It has no name but the
// config's, and never a new one by itself.
void NodeConfig::SetIdentity(const absl::StatusOr<std::string>& node_id) {
  node_id_ = node_id.ok() ? std::optional(*node_id) : std::nullopt;
  identity_problem_ =
      node_id.ok() || absl::IsNotFound(node_id.status())
          ? ""
          : std::format(
                "the node's identity is lost, and with it its machine id and automatic name: {}; a "
                "reset of STATE gives it another one",
                base::MessageOf(node_id.status()));
}

void NodeConfig::Finish() {
  OnDisk(
      "config.finish",
      [others = active_.has_value() ? parts_.others(*active_, disk_) : OtherDisks()](
          ConfigStorage& storage, const std::string& disk) { return storage.Finish(disk, others); },
      [](NodeConfig& self, const absl::Status& status) { self.OnFinished(status); });
}

void NodeConfig::OnFinished(const absl::Status& status) {
  SetStage(status.ok() ? Stage::CONFIGURED : stage_, std::string(base::MessageOf(status)));
  if (!status.ok() && !absl::IsDataLoss(status)) {
    parts_.loop.RunAt(parts_.clock.Monotonic() + kRetryInterval, [self = weak()] {
      if (const auto config = self.lock()) {
        (*config)->Finish();
      }
    });
  }
}

void NodeConfig::Apply(ApplyRequest request, ApplyDone done) {
  if (stage_ == Stage::STARTING) {
    done(absl::UnavailableError("the node still looks for its config; try again"));
    return;
  }
  if (busy_) {
    done(absl::FailedPreconditionError("another config is being applied"));
    return;
  }
  if (!parts_.runtime.Read<boot::PowerRequest>().empty()) {
    done(absl::FailedPreconditionError("the machine is going down, and takes no config any more"));
    return;
  }
  Applied applied{.mode = request.mode};
  const absl::StatusOr<config::Config> config = ReadRequest(request.text, applied.warnings);
  if (!config.ok()) {
    done(config.status());
    return;
  }
  if (const absl::Status way_back = CheckWayBack(request); !way_back.ok()) {
    done(way_back);
    return;
  }
  std::ranges::move(parts_.warn(*config), std::back_inserter(applied.warnings));
  if (stage_ == Stage::MAINTENANCE) {
    AcceptFirst(request, *config, std::move(applied), std::move(done));
  } else {
    Change(request, *config, std::move(applied), std::move(done));
  }
}

absl::StatusOr<ConfigPlan> NodeConfig::Plan(const ApplyRequest& request) {
  ConfigPlan plan;
  ASSIGN_OR_RETURN(const config::Config config, ReadRequest(request.text, plan.warnings));
  std::ranges::move(parts_.warn(config), std::back_inserter(plan.warnings));
  if (stage_ == Stage::MAINTENANCE) {
    if (!IsComplete(config)) {
      plan.details = kWaitsForTheRest;
      return plan;
    }
    ASSIGN_OR_RETURN(const DiskChoice choice, parts_.choose(config, disk_));
    WarnOfKernel(config, &choice, plan.warnings);
    plan.details = DescribeAcceptance(parts_.runtime, choice, disk_, false);
    return plan;
  }
  WarnOfKernel(config, nullptr, plan.warnings);
  const config::Config* const before = active_.has_value() ? &*active_ : nullptr;
  plan.changes = DescribeChanges(before, config);
  if (before != nullptr) {
    RETURN_IF_ERROR(parts_.check(*before, config));
    plan.reboot_reasons = RebootReasons(*before, config);
  }
  plan.details = DescribeChange(request, before, config, plan.reboot_reasons);
  if (before != nullptr) {
    ConfigForesight foresight = parts_.foresee(config, request.caller);
    plan.resources = std::move(foresight.resources);
    std::ranges::move(foresight.warnings, std::back_inserter(plan.warnings));
    if (foresight.cuts_off) {
      plan.warnings.emplace_back(kCutsOff);
    }
  }
  return plan;
}

// Another config for a node that has one, or had.
void NodeConfig::Change(const ApplyRequest& request, const config::Config& config, Applied applied,
                        ApplyDone done) {
  if (!IsComplete(config)) {
    done(absl::InvalidArgumentError(
        "the config has no v1alpha1 document, and without one the node cannot boot"));
    return;
  }
  WarnOfKernel(config, nullptr, applied.warnings);
  const config::Config* const before = active_.has_value() ? &*active_ : nullptr;
  std::vector<std::string> reasons;
  if (before != nullptr) {
    reasons = RebootReasons(*before, config);
    if (const absl::Status taken = CheckChange(request, *before, config, reasons, applied);
        !taken.ok()) {
      done(taken);
      return;
    }
  }
  applied.details = DescribeChange(request, before, config, reasons);
  if (request.dry_run) {
    done(std::move(applied));
    return;
  }
  if (request.mode == ApplyMode::kTry) {
    Try(request, config);
    done(std::move(applied));
    return;
  }
  const bool reboot = request.mode != ApplyMode::kStaged && !reasons.empty();
  Save(request, config, reboot, std::move(applied), std::move(done));
}

// Whether the node may take `config` in place of `before`. What it warns of is added to `applied`.
absl::Status NodeConfig::CheckChange(const ApplyRequest& request, const config::Config& before,
                                     const config::Config& config,
                                     const std::vector<std::string>& reboot_reasons,
                                     Applied& applied) const {
  RETURN_IF_ERROR(parts_.check(before, config));
  const bool may_reboot = request.mode == ApplyMode::kStaged || request.mode == ApplyMode::kAuto;
  if (!may_reboot && !reboot_reasons.empty()) {
    return absl::FailedPreconditionError(
        std::format("the config needs a reboot: {}; use --mode=auto, or --mode=staged and reboot",
                    absl::StrJoin(reboot_reasons, "; ")));
  }
  return CheckReach(request, config, applied.warnings);
}

void NodeConfig::Save(const ApplyRequest& request, const config::Config& config, bool reboot,
                      Applied applied, ApplyDone done) {
  std::optional<ConfigTrial> trial;
  if (request.confirm_within.has_value()) {
    const auto window = std::chrono::ceil<std::chrono::seconds>(*request.confirm_within);
    trial = ConfigTrial{.until = parts_.clock.Now() + window, .window = window};
    applied.confirm_until = trial->until;
  }
  busy_ = true;
  OnDisk(
      "config.save",
      [text = request.text, trial, repair = stage_ == Stage::RECOVERY](ConfigStorage& storage,
                                                                       const std::string& disk) {
        const absl::Status saved =
            repair ? storage.Accept(disk, text, VolumesHere()) : storage.Save(text, trial);
        return Saved{
            .status = saved,
            .node_id = repair && saved.ok() ? std::optional(storage.Identity()) : std::nullopt};
      },
      [request, config, trial, reboot, applied = std::move(applied), done = std::move(done)](
          NodeConfig& self, const Saved& saved) mutable {
        const absl::Status& status = saved.status;
        self.busy_ = false;
        if (saved.node_id.has_value()) {
          self.SetIdentity(*saved.node_id);
        }
        if (status.ok()) {
          self.known_good_ = trial.has_value() && !self.known_good_.has_value()
                                 ? self.persistent_
                                 : (trial.has_value() ? self.known_good_ : std::nullopt);
          self.OnSaved(request, config, reboot);
          if (trial.has_value()) {
            self.Watch(*trial);
          }
        }
        done(status.ok() ? absl::StatusOr<Applied>(std::move(applied)) : status);
      });
}

// Whoever applies a config that leaves no way to the node says so, or has a way back.
absl::Status NodeConfig::CheckReach(const ApplyRequest& request, const config::Config& config,
                                    std::vector<std::string>& warnings) const {
  ConfigForesight foresight = parts_.foresee(config, request.caller);
  std::ranges::move(foresight.warnings, std::back_inserter(warnings));
  if (!foresight.cuts_off) {
    return absl::OkStatus();
  }
  const bool comes_back = request.mode == ApplyMode::kTry || request.confirm_within.has_value();
  if (request.force || comes_back || request.dry_run || request.mode == ApplyMode::kStaged) {
    warnings.emplace_back(kCutsOff);
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      std::format("{}; use --mode=staged to have it with the next boot, --confirm-within to have "
                  "it go by itself, or --force",
                  kCutsOff));
}

void NodeConfig::OnSaved(const ApplyRequest& request, const config::Config& config, bool reboot) {
  Cancel(confirm_timer_);
  Cancel(proof_timer_);
  persistent_ = config;
  if (request.mode != ApplyMode::kStaged) {
    ProveLater();
    Cancel(try_timer_);
    before_try_.reset();
    active_ = config;
  }
  if (stage_ == Stage::RECOVERY) {
    SetStage(Stage::INSTALLING, "");
    Finish();
  } else if (std::exchange(fallen_back_, "") != "") {
    SetStage(stage_, "");
  }
  PublishConfigs();
  if (reboot) {
    parts_.reboot();
  }
}

void NodeConfig::SetStage(Stage::Stage stage, std::string reason) {
  if (reason.empty()) {
    reason = fallen_back_.empty() ? identity_problem_ : fallen_back_;
  }
  if (!reason.empty() && reason != logged_) {
    base::Log(base::Severity::kError, "config: {}", reason);
  }
  logged_ = reason;
  stage_ = stage;
  boot::NodeStage::Spec spec;
  spec.set_stage(stage);
  spec.set_reason(std::move(reason));
  parts_.runtime.Publish<boot::NodeStage>(kSource, {{"stage", std::move(spec)}});
}

void NodeConfig::PublishConfigs() {
  Desired<config::MachineConfig> rows;
  if (active_.has_value()) {
    rows.Add("v1alpha1", RowOf(*active_));
  }
  if (persistent_.has_value()) {
    rows.Add("persistent", RowOf(*persistent_));
  }
  Desired<cluster::Identity> identity;
  if (node_id_.has_value()) {
    cluster::Identity::Spec spec;
    spec.set_node_id(*node_id_);
    identity.Add("local", std::move(spec));
  }
  parts_.runtime.Publish<cluster::Identity>(kSource, std::move(identity));
  parts_.runtime.Publish<config::MachineConfig>(kSource, std::move(rows));
}

void NodeConfig::PublishVolumes(const std::vector<SystemVolume>& volumes) {
  parts_.runtime.Publish<block::VolumeStatus>(kSource, VolumeStatuses(volumes));
  parts_.runtime.Publish<block::MountStatus>(kSource, MountStatuses(volumes));
}

}  // namespace ichor
