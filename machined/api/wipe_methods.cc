#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "machined/api/areas.h"
#include "machined/api/first_config.h"
#include "machined/api/off_loop.h"
#include "machined/wipe/policy.h"
#include "machined/wipe/wiper.h"
#include "storage/storage.pb.h"

namespace ichor::api {
namespace {

using Request = ::storage::BlockDeviceWipeRequest;

constexpr size_t kLargestProcText = 4 << 20;  // bytes

// What a worker does, piece by piece.
class Wiping {
 public:
  Wiping(const ApiContext& context, Request request)
      : files_(context.files),
        eraser_(context.eraser),
        devices_(context.block_devices),
        request_(std::move(request)),
        world_{.devices = context.runtime.Read<block::BlockDevice>(),
               .system_disks = context.runtime.Read<block::SystemDisk>(),
               .volumes = context.runtime.Read<block::DiscoveredVolume>(),
               .uses = {}} {}

  // False when all is done.
  absl::StatusOr<bool> Step() {
    if (wiper_ == nullptr) {
      RETURN_IF_ERROR(Plan());
    }
    return wiper_->Step();
  }

 private:
  // Everything is looked at before anything is wiped.
  absl::Status Plan() {
    ASSIGN_OR_RETURN(const std::string mounts,
                     files_.Read("/proc/self/mountinfo", kLargestProcText));
    const std::string swaps = files_.Read("/proc/swaps", kLargestProcText).value_or("");
    world_.uses = ParseUses(mounts, swaps);
    std::vector<WipePlan> plans;
    for (const auto& device : request_.devices()) {
      ASSIGN_OR_RETURN(WipePlan plan, PlanWipe(device, world_));
      base::Log(base::Severity::kInfo, "{} is wiped", plan.dev_path);
      plans.push_back(std::move(plan));
    }
    wiper_ = std::make_unique<Wiper>(eraser_, devices_, std::move(plans));
    return absl::OkStatus();
  }

  sys::FileView& files_;
  sys::DiskEraser& eraser_;
  sys::BlockDevices& devices_;
  const Request request_;
  DiskWorld world_;
  std::unique_ptr<Wiper> wiper_;
};

// Goes on until all is wiped, or the client goes: other calls have their turns between the pieces.
class WipeCall : public rpc::Call {
 public:
  WipeCall(const ApiContext& context, rpc::Stream& stream)
      : context_(context),
        stream_(stream),
        off_loop_(context, "/storage.StorageService/BlockDeviceWipe") {}
  ~WipeCall() override {
    if (wiping_ != nullptr) {
      context_.on_disks_changed();
    }
  }

  void OnMessage(std::string message) override {
    Request request;
    absl::Status begun = CheckFirstConfig(context_, stream_);
    begun.Update(ParseRequest(message, request));
    if (!begun.ok()) {
      stream_.Finish(begun);
      return;
    }
    wiping_ = std::make_shared<Wiping>(context_, std::move(request));
    Continue();
  }

  void OnEnd(const absl::Status& /*status*/) override {}

 private:
  void Continue() {
    off_loop_.Run(
        [this, wiping = wiping_]() -> Task {
          return [this, more = wiping->Step()] { After(more); };
        },
        [this](const absl::Status& error) { End(error); });
  }

  void After(const absl::StatusOr<bool>& more) {
    if (!more.ok()) {
      End(more.status());
    } else if (*more) {
      Continue();
    } else {
      ::storage::BlockDeviceWipeResponse reply;
      reply.add_messages();
      stream_.Send(reply.SerializeAsString());
      End(absl::OkStatus());
    }
  }

  void End(const absl::Status& status) {
    wiping_ = nullptr;
    context_.on_disks_changed();
    stream_.Finish(status);
  }

  const ApiContext& context_;
  rpc::Stream& stream_;
  std::shared_ptr<Wiping> wiping_;  // a worker may have it too
  OffLoop off_loop_;
};

}  // namespace

void AddWipeMethods(Methods& methods) {
  methods.Add("/storage.StorageService/BlockDeviceWipe",
              [&context = methods.context()](rpc::Stream& stream) {
                return std::make_unique<WipeCall>(context, stream);
              });
}

}  // namespace ichor::api
