#include <string>
#include <utility>

#include "lib/resource/time_proto.h"
#include "machine/machine.pb.h"
#include "machined/api/areas.h"
#include "machined/api/caller.h"
#include "machined/api/first_config.h"

namespace ichor::api {
namespace {

using Request = machine::ApplyConfigurationRequest;
using Response = machine::ApplyConfigurationResponse;

// REBOOT is what the oldest clients ask for. In maintenance mode it is the same as "at once".
absl::StatusOr<ApplyMode> ModeOf(Request::Mode mode, bool maintenance) {
  switch (mode) {
    case Request::AUTO:
      return ApplyMode::kAuto;
    case Request::NO_REBOOT:
      return ApplyMode::kNoReboot;
    case Request::STAGED:
      return ApplyMode::kStaged;
    case Request::TRY:
      return ApplyMode::kTry;
    default:
      break;
  }
  if (mode == Request::REBOOT && maintenance) {
    return ApplyMode::kNoReboot;
  }
  return absl::UnimplementedError(
      "mode REBOOT is not there any more: use AUTO, or STAGED and then "
      "a reboot");
}

Request::Mode ModeToProto(ApplyMode mode) {
  switch (mode) {
    case ApplyMode::kAuto:
      return Request::AUTO;
    case ApplyMode::kNoReboot:
      return Request::NO_REBOOT;
    case ApplyMode::kStaged:
      return Request::STAGED;
    case ApplyMode::kTry:
      return Request::TRY;
  }
}

Response ReplyOf(Applied applied) {
  Response reply;
  machine::ApplyConfiguration& message = *reply.add_messages();
  for (std::string& warning : applied.warnings) {
    message.add_warnings(std::move(warning));
  }
  message.set_mode(ModeToProto(applied.mode));
  message.set_mode_details(std::move(applied.details));
  return reply;
}

}  // namespace

absl::Status CheckFirstConfig(const ApiContext& context, const rpc::Stream& stream) {
  return context.config.InMaintenance() || context.access.IsAdmin(stream)
             ? absl::OkStatus()
             : absl::PermissionDeniedError("not authorized");
}

void AddConfigMethods(Methods& methods) {
  const ApiContext& context = methods.context();
  methods.Later<Request, Response>(
      "/machine.MachineService/ApplyConfiguration",
      [&context](const Request& request, const rpc::Stream& stream,
                 absl::AnyInvocable<void(absl::StatusOr<Response>)> answer) {
        const absl::Status allowed = CheckFirstConfig(context, stream);
        const absl::StatusOr<ApplyMode> mode =
            ModeOf(request.mode(), context.config.InMaintenance());
        if (!allowed.ok() || !mode.ok()) {
          answer(allowed.ok() ? mode.status() : allowed);
          return;
        }
        ApplyRequest wish{.text = request.data(), .mode = *mode, .dry_run = request.dry_run()};
        wish.caller = CallerOf(stream.headers(), context.files);
        if (request.has_try_mode_timeout()) {
          wish.try_timeout = FromProto(request.try_mode_timeout());
        }
        context.config.Apply(
            std::move(wish), [answer = std::move(answer)](absl::StatusOr<Applied> applied) mutable {
              answer(applied.ok() ? absl::StatusOr<Response>(ReplyOf(*std::move(applied)))
                                  : applied.status());
            });
      });
}

}  // namespace ichor::api
