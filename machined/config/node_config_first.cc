// The first config of a node, and where it puts the system.
#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "absl/strings/str_join.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "machined/arguments/policy.h"
#include "machined/config/node_config.h"
#include "machined/config/plan.h"
#include "machined/config/sentences.h"

namespace ichor {
namespace {

// The reply is on its way through apid, which changes its certificate with the stage.
constexpr std::chrono::milliseconds kReplyTime{300};

VolumesHere HereOf(const DiskChoice& choice) {
  return {.ephemeral = choice.ephemeral.empty() ? disk::EphemeralPlace::kHere
                                                : disk::EphemeralPlace::kElsewhere,
          .labels = choice.volumes};
}

}  // namespace

// The node's first config.
void NodeConfig::AcceptFirst(const ApplyRequest& request, const config::Config& config,
                             Applied applied, ApplyDone done) {
  if (!IsComplete(config)) {
    applied.details = kWaitsForTheRest;
    if (!request.dry_run) {
      active_ = config;
      PublishConfigs();
    }
    done(std::move(applied));
    return;
  }
  const absl::StatusOr<DiskChoice> choice = parts_.choose(config, disk_);
  if (!choice.ok()) {
    done(choice.status());
    return;
  }
  WarnOfKernel(config, &*choice, applied.warnings);
  applied.details = DescribeAcceptance(parts_.runtime, *choice, disk_, request.dry_run);
  if (request.dry_run) {
    done(std::move(applied));
    return;
  }
  busy_ = true;
  if (choice->booted) {
    AcceptHere(*choice, config, std::move(applied), std::move(done));
    return;
  }
  done(std::move(applied));
  parts_.loop.RunAt(parts_.clock.Monotonic() + kReplyTime,
                    [self = weak(), choice = *choice, config] {
                      if (const auto node = self.lock()) {
                        (*node)->Install(choice, config);
                      }
                    });
}

// An install gives the kernel its arguments. Else it has what it was booted with.
void NodeConfig::WarnOfKernel(const config::Config& config, const DiskChoice* choice,
                              std::vector<std::string>& warnings) const {
  const auto rows = parts_.runtime.Read<runtime::KernelCmdline>();
  const std::string given = rows.empty() ? "" : rows.front().spec().cmdline();
  std::ranges::move(WarnOfArguments(config, choice != nullptr && !choice->booted
                                                ? absl::StrJoin(choice->arguments, " ")
                                                : given),
                    std::back_inserter(warnings));
}

void NodeConfig::AcceptHere(const DiskChoice& choice, const config::Config& config, Applied applied,
                            ApplyDone done) {
  OnDisk(
      "config.accept",
      [text = config.text(), here = HereOf(choice)](ConfigStorage& storage,
                                                    const std::string& disk) {
        const absl::Status accepted = storage.Accept(disk, text, here);
        return accepted.ok() ? storage.Identity() : accepted;
      },
      [config, applied = std::move(applied), done = std::move(done)](
          NodeConfig& self, const absl::StatusOr<std::string>& node_id) mutable {
        if (!node_id.ok()) {
          self.busy_ = false;
          done(node_id.status());
          return;
        }
        done(std::move(applied));
        self.parts_.loop.RunAt(self.parts_.clock.Monotonic() + kReplyTime,
                               [weak = self.weak(), config, node_id = *node_id] {
                                 if (const auto alive = weak.lock()) {
                                   NodeConfig& node = **alive;
                                   node.busy_ = false;
                                   node.persistent_ = node.active_ = config;
                                   node.SetIdentity(node_id);
                                   node.SetStage(Stage::INSTALLING, "");
                                   node.PublishConfigs();
                                   node.Finish();
                                 }
                               });
      });
}

// The config is in force meanwhile, so that its administrators can look on; this disk keeps nothing
// of it.
void NodeConfig::Install(const DiskChoice& choice, const config::Config& config) {
  base::Log(base::Severity::kInfo, "the system is installed on {}", choice.dev_path);
  active_ = config;
  SetStage(Stage::INSTALLING, "");
  PublishConfigs();
  OnDisk(
      "config.install",
      [target = choice.dev_path, text = config.text(), here = HereOf(choice)](
          ConfigStorage& storage, const std::string& disk) {
        return storage.Install(disk, target, text, here);
      },
      [](NodeConfig& self, const absl::Status& status) { self.OnInstalled(status); });
}

void NodeConfig::OnInstalled(const absl::Status& status) {
  busy_ = false;
  if (status.ok()) {
    base::Log(base::Severity::kInfo, "the system is installed; the machine reboots{}",
              disk_.empty() ? ""
                            : ": unless its firmware is UEFI, remove the medium that it was booted "
                              "from, " +
                                  disk_);
    parts_.reboot();
    return;
  }
  active_.reset();
  SetStage(Stage::MAINTENANCE, std::string(base::MessageOf(status)));
  PublishConfigs();
}

}  // namespace ichor
