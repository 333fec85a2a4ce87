// `ichorctl reset`
#include "ichorctl/control/parts.h"
#include "ichorctl/control/waiting.h"
#include "lib/base/status.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

struct Options {
  bool graceful = true;
  bool reboot = false;
  std::string mode = "all";
  std::vector<std::string> disks;
  std::vector<std::string> labels;
  Waiting waiting;
};

machine::ResetRequest RequestOf(const Options& options) {
  machine::ResetRequest request;
  request.set_graceful(options.graceful);
  request.set_reboot(options.reboot);
  request.set_mode(options.mode == "system-disk"  ? machine::ResetRequest::SYSTEM_DISK
                   : options.mode == "user-disks" ? machine::ResetRequest::USER_DISKS
                                                  : machine::ResetRequest::ALL);
  request.mutable_user_disks_to_wipe()->Assign(options.disks.begin(), options.disks.end());
  for (const std::string& label : options.labels) {
    machine::ResetPartitionSpec& partition = *request.add_system_partitions_to_wipe();
    partition.set_label(label);
    partition.set_wipe(true);
  }
  return request;
}

absl::Status Reset(const NodeFlags& flags, const Options& options, Session& session) {
  ASSIGN_OR_RETURN(
      const Order order,
      WithWaiting(options.waiting, {.method = "/machine.MachineService/Reset",
                                    .request = RequestOf(options).SerializeAsString(),
                                    .goal = options.reboot ? Goal::kRestarted : Goal::kStopped}));
  return Carry(session, flags, order);
}

}  // namespace

Command ResetCommand(const SharedNodeFlags& flags) {
  const auto options = std::make_shared<Options>();
  std::vector<Flag> own = WaitingFlags(options->waiting);
  own.insert(
      own.end(),
      {{.name = "graceful", .help = "leaves the cluster first", .target = &options->graceful},
       {.name = "reboot",
        .help = "starts the node again, instead of turning it off",
        .target = &options->reboot},
       {.name = "wipe-mode",
        .value = "MODE",
        .help = "which disks are wiped",
        .target = &options->mode,
        .words = {"all", "system-disk", "user-disks"}},
       {.name = "user-disks-to-wipe",
        .value = "DISK",
        .help = "disks beside the system's: /dev/sdb",
        .target = &options->disks,
        .split = true},
       {.name = "system-labels-to-wipe",
        .value = "LABEL",
        .help = "only these partitions of the system: STATE, EPHEMERAL, ETCD",
        .target = &options->labels,
        .split = true}});
  return {.name = "reset",
          .summary = "Wipes nodes: what is on their disks is lost",
          .flags = WithNodeFlags(flags, Maintenance::kNo, std::move(own)),
          .run = [flags, options](Session& session, const std::vector<std::string>&) {
            return Reset(*flags, *options, session);
          }};
}

}  // namespace ichor::ctl
