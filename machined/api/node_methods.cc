#include <algorithm>
#include <string>
#include <utility>

#include "google/protobuf/empty.pb.h"
#include "ichor/boot.resources.h"
#include "ichor/node_service.pb.h"
#include "lib/resource/time_proto.h"
#include "machined/api/areas.h"
#include "machined/api/caller.h"
#include "machined/api/first_config.h"

namespace ichor::api {
namespace {

using google::protobuf::Empty;

template <class Reply>
using Answer = absl::AnyInvocable<void(absl::StatusOr<Reply>)>;

absl::StatusOr<ApplyMode> ModeOf(v1::ApplyMode mode) {
  switch (mode) {
    case v1::AUTO:
      return ApplyMode::kAuto;
    case v1::NO_REBOOT:
      return ApplyMode::kNoReboot;
    case v1::STAGED:
      return ApplyMode::kStaged;
    case v1::TRY:
      return ApplyMode::kTry;
    default:
      return absl::InvalidArgumentError("mode: expected AUTO, NO_REBOOT, STAGED or TRY");
  }
}

void AddApply(Methods& methods) {
  const ApiContext& context = methods.context();
  methods.Later<v1::ApplyRequest, v1::ApplyResponse>(
      "/ichor.v1.NodeService/Apply",
      [&context](const v1::ApplyRequest& request, const rpc::Stream& stream,
                 Answer<v1::ApplyResponse> answer) {
        const absl::Status allowed = CheckFirstConfig(context, stream);
        const absl::StatusOr<ApplyMode> mode = ModeOf(request.mode());
        if (!allowed.ok() || !mode.ok()) {
          answer(allowed.ok() ? mode.status() : allowed);
          return;
        }
        ApplyRequest wish{.text = request.config(), .mode = *mode, .force = request.force()};
        wish.caller = CallerOf(stream.headers(), context.files);
        if (request.has_try_timeout()) {
          wish.try_timeout = FromProto(request.try_timeout());
        }
        if (request.has_confirm_within()) {
          wish.confirm_within = FromProto(request.confirm_within());
        }
        context.config.Apply(std::move(wish), [answer = std::move(answer), mode = request.mode()](
                                                  absl::StatusOr<Applied> applied) mutable {
          if (!applied.ok()) {
            answer(applied.status());
            return;
          }
          v1::ApplyResponse reply;
          reply.mutable_warnings()->Assign(applied->warnings.begin(), applied->warnings.end());
          reply.set_mode(mode);
          reply.set_details(std::move(applied->details));
          if (applied->confirm_until.has_value()) {
            *reply.mutable_confirm_until() = ToProto(*applied->confirm_until);
          }
          answer(std::move(reply));
        });
      });
}

void AddPlan(Methods& methods) {
  const ApiContext& context = methods.context();
  methods.Later<v1::PlanRequest, v1::PlanResponse>(
      "/ichor.v1.NodeService/Plan",
      [&context](const v1::PlanRequest& request, const rpc::Stream& stream,
                 Answer<v1::PlanResponse> answer) {
        const absl::Status allowed = CheckFirstConfig(context, stream);
        const absl::StatusOr<ApplyMode> mode = ModeOf(request.mode());
        if (!allowed.ok() || !mode.ok()) {
          answer(allowed.ok() ? mode.status() : allowed);
          return;
        }
        absl::StatusOr<ConfigPlan> plan =
            context.config.Plan({.text = request.config(),
                                 .mode = *mode,
                                 .dry_run = true,
                                 .caller = CallerOf(stream.headers(), context.files)});
        if (!plan.ok()) {
          answer(plan.status());
          return;
        }
        v1::PlanResponse reply;
        for (ResourceDifference& one : plan->resources) {
          v1::ResourceChange& change = *reply.add_resource_changes();
          change.set_namespace_(std::move(one.ns));
          change.set_type(std::move(one.type));
          change.set_id(std::move(one.id));
          change.set_before(std::move(one.before));
          change.set_after(std::move(one.after));
        }
        reply.mutable_config_changes()->Assign(plan->changes.begin(), plan->changes.end());
        reply.mutable_reboot_reasons()->Assign(plan->reboot_reasons.begin(),
                                               plan->reboot_reasons.end());
        reply.mutable_warnings()->Assign(plan->warnings.begin(), plan->warnings.end());
        reply.set_details(std::move(plan->details));
        answer(std::move(reply));
      });
}

// Numbers of records sort as numbers: earlier boots first.
v1::CrashRecordsResponse CrashRecords(Runtime& runtime) {
  v1::CrashRecordsResponse reply;
  for (const auto& row : runtime.Read<boot::CrashRecord>()) {
    v1::CrashRecord& record = *reply.add_records();
    record.set_id(row.id());
    *record.mutable_time() = row.spec().time();
    record.set_process(row.spec().process());
    record.set_pid(row.spec().pid());
    record.set_ended(row.spec().ended());
    record.set_log(row.spec().log());
  }
  std::ranges::stable_sort(*reply.mutable_records(), {}, [](const v1::CrashRecord& record) {
    return std::pair(record.time().seconds(), record.time().nanos());
  });
  return reply;
}

}  // namespace

void AddNodeMethods(Methods& methods) {
  const ApiContext& context = methods.context();
  AddApply(methods);
  AddPlan(methods);
  methods.Later<Empty, v1::ConfirmResponse>(
      "/ichor.v1.NodeService/Confirm",
      [&context](const Empty& /*request*/, const rpc::Stream& /*stream*/,
                 Answer<v1::ConfirmResponse> answer) {
        context.config.Confirm(
            [answer = std::move(answer)](absl::StatusOr<std::string> sentence) mutable {
              if (!sentence.ok()) {
                answer(sentence.status());
                return;
              }
              v1::ConfirmResponse reply;
              reply.set_details(*std::move(sentence));
              answer(std::move(reply));
            });
      });
  methods.Unary<Empty>("/ichor.v1.NodeService/CrashRecords",
                       [&context](const Empty&) -> absl::StatusOr<v1::CrashRecordsResponse> {
                         return CrashRecords(context.runtime);
                       });
}

}  // namespace ichor::api
