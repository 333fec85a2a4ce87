// Which config the node has, and how it gets another one.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ichor/boot.resources.h"
#include "lib/base/clock.h"
#include "lib/config/config.h"
#include "lib/runtime/executor.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "machined/config/apply_request.h"
#include "machined/config/config_storage.h"
#include "machined/install/choose_disk.h"

namespace ichor {

// The source of MachineConfig ("persistent": what the next boot has; "v1alpha1": what is in force),
// NodeStage, Identity, VolumeStatus and MountStatus. Nothing but STARTING is said until the system
// disk was looked at: a node that was configured is never, not for a moment, open to anybody.
//
// One change at a time; each is on the disk before it counts. Loop's thread only.
class NodeConfig : public ConfigControl {
 public:
  // As whom it states its rows.
  static constexpr const char* kSource = "config.node";

  struct Parts {  // all outlive this
    Runtime& runtime;
    Loop& loop;
    const base::Clock& clock;
    Executor& disk_worker;   // of one thread: work on the disk may take minutes
    ConfigStorage& storage;  // outlives the process: the worker may hang in it
    std::function<void()> reboot;
    // machined cannot live with the config that was applied last: the one before counts.
    bool last_known_good = false;
    // Which disk a config puts the system on; the booted one is `disk`.
    std::function<absl::StatusOr<DiskChoice>(const config::Config&, const std::string& disk)>
        choose;
    // What there is for an EPHEMERAL that the config puts on another disk than `disk`, the
    // system's.
    std::function<OtherDisks(const config::Config&, const std::string& disk)> others =
        [](const config::Config&, const std::string&) { return OtherDisks(); };
    // Why a node with one config cannot take another in its place.
    std::function<absl::Status(const config::Config& before, const config::Config& after)> check;
    // Sentences about what a config says that this node does not do.
    std::function<std::vector<std::string>(const config::Config&)> warn;
    // What a config would make of the node, and of the way to it.
    std::function<ConfigForesight(const config::Config&, const Caller&)> foresee =
        [](const config::Config&, const Caller&) { return ConfigForesight(); };
    // Without a disk that stage 1 knows, so that this is who says SystemDisk.
    bool from_memory = false;
  };

  explicit NodeConfig(Parts parts);
  NodeConfig(const NodeConfig&) = delete;
  NodeConfig& operator=(const NodeConfig&) = delete;

  // The system disk is the one at `dev_path`. Later calls change nothing.
  void OnSystemDisk(const std::string& dev_path);

  // The machine runs from memory; `accepted` are its disks with a system that a config was accepted
  // on. One is the system disk. None leads to maintenance mode, and so do several, which are named:
  // nothing says which of them is meant. Said again when disks come and go; changes nothing once
  // there is a system disk or one is being made.
  void OnSystemsFound(const std::vector<std::string>& accepted);

  bool InMaintenance() const override { return stage_ == Stage::MAINTENANCE; }
  void Apply(ApplyRequest request, ApplyDone done) override;
  absl::StatusOr<ConfigPlan> Plan(const ApplyRequest& request) override;
  void Confirm(ConfirmDone done) override;

  // The device of the system disk; empty: not known, or none.
  const std::string& disk() const { return disk_; }

  // For tasks that may outlive it.
  std::weak_ptr<NodeConfig*> weak() const { return self_; }

 private:
  using Stage = boot::NodeStage::Spec;

  // What was on the disk.
  struct Found {
    absl::StatusOr<ConfigStorage::Opened> opened;
    absl::StatusOr<std::string> node_id;
  };

  // Runs `work` on the disk's worker and `then` on the loop with what it returned.
  template <class Work, class Then>
  void OnDisk(const std::string& name, Work work, Then then) {
    parts_.disk_worker.Run(
        name, [mailbox = parts_.loop.mailbox(), self = weak(), work = std::move(work),
               then = std::move(then), &storage = parts_.storage, disk = disk_]() mutable {
          auto result = work(storage, disk);
          std::vector<SystemVolume> volumes = storage.Volumes(disk);
          mailbox->Post([self, then = std::move(then), result = std::move(result),
                         volumes = std::move(volumes)]() mutable {
            if (const auto config = self.lock()) {
              (*config)->PublishVolumes(volumes);
              then(**config, std::move(result));
            }
          });
        });
  }

  void Look();
  void OnOpened(const Found& found);
  void Begin(const ConfigStorage::Opened& opened);
  void SetIdentity(const absl::StatusOr<std::string>& node_id);
  void Finish();
  void OnFinished(const absl::Status& status);
  void AcceptFirst(const ApplyRequest& request, const config::Config& config, Applied applied,
                   ApplyDone done);
  void WarnOfKernel(const config::Config& config, const DiskChoice* choice,
                    std::vector<std::string>& warnings) const;
  void AcceptHere(const DiskChoice& choice, const config::Config& config, Applied applied,
                  ApplyDone done);
  void Install(const DiskChoice& choice, const config::Config& config);
  void OnInstalled(const absl::Status& status);
  void Change(const ApplyRequest& request, const config::Config& config, Applied applied,
              ApplyDone done);
  absl::Status CheckChange(const ApplyRequest& request, const config::Config& before,
                           const config::Config& config,
                           const std::vector<std::string>& reboot_reasons, Applied& applied) const;
  void Save(const ApplyRequest& request, const config::Config& config, bool reboot, Applied applied,
            ApplyDone done);
  absl::Status CheckReach(const ApplyRequest& request, const config::Config& config,
                          std::vector<std::string>& warnings) const;
  void OnSaved(const ApplyRequest& request, const config::Config& config, bool reboot);
  absl::Status CheckWayBack(const ApplyRequest& request) const;
  void Try(const ApplyRequest& request, const config::Config& config);
  void EndTry();
  void Watch(const ConfigTrial& trial);
  void WakeAt(base::MonotonicTime time);
  void FallBack(const SavedConfigs& saved);
  void ProveLater();
  void Prove();
  void RevertTrial();
  void Cancel(std::optional<Loop::TimerId>& timer);
  void SetStage(Stage::Stage stage, std::string reason);
  void PublishSystemDisk();
  void PublishConfigs();
  void PublishVolumes(const std::vector<SystemVolume>& volumes);

  const Parts parts_;
  const std::shared_ptr<NodeConfig*> self_ = std::make_shared<NodeConfig*>(this);
  std::string disk_;                // empty: not known, or none
  std::vector<std::string> found_;  // by the last OnSystemsFound
  Stage::Stage stage_ = Stage::STARTING;
  std::optional<config::Config> persistent_;
  std::optional<config::Config> active_;
  std::optional<config::Config> known_good_;  // while the persistent one waits for a confirmation
  std::optional<Loop::TimerId> confirm_timer_;
  std::optional<config::Config> before_try_;  // while the active one is tried
  std::optional<Loop::TimerId> try_timer_;
  std::optional<std::string> node_id_;
  std::string identity_problem_;  // why there is none
  std::string fallen_back_;       // why the config before the last one is in force
  std::optional<Loop::TimerId> proof_timer_;
  std::string logged_;  // the last reason that the log has
  bool busy_ = false;   // a change is under way
};

}  // namespace ichor
