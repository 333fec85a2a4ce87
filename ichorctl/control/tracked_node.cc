#include "ichorctl/control/tracked_node.h"

#include <functional>
#include <utility>

#include "absl/strings/ascii.h"
#include "common/common.pb.h"
#include "ichorctl/nodes/explain.h"
#include "lib/base/status.h"
#include "lib/runtime/loop.h"

namespace ichor::ctl {
namespace {

constexpr std::chrono::seconds kFirstEvent{10};

}  // namespace

void TrackedNode::RunUntil(base::MonotonicTime deadline, const std::function<bool()>& done) {
  Loop& loop = *session_.loop;
  const Loop::TimerId timer = loop.RunAt(deadline, [&loop] { loop.Stop(); });
  while (!done() && session_.clock.Monotonic() < deadline) {
    loop.Run();
  }
  loop.Cancel(timer);
}

absl::Status TrackedNode::Connect() {
  if (connected_.client != nullptr && !connected_.client->closed()) {
    return absl::OkStatus();
  }
  stream_ = nullptr;
  ASSIGN_OR_RETURN(connected_, ConnectToOne(session_, access_, access_.endpoints));
  return absl::OkStatus();
}

void TrackedNode::FollowKernelLog() {
  machine::DmesgRequest request;
  request.set_follow(true);
  request.set_tail(true);
  connected_.client->ServerStream(
      "/machine.MachineService/Dmesg", request.SerializeAsString(),
      [this](const std::string& bytes) {
        common::Data data;
        if (data.ParseFromString(bytes)) {
          kernel_log_->Write(name_, data.bytes());
        }
      },
      [](const absl::Status& /*status*/) {});  // the events tell the same
}

absl::Status TrackedNode::Listen(bool with_past) {
  RETURN_IF_ERROR(Connect());
  if (listening()) {
    return absl::OkStatus();
  }
  machine::EventsRequest request;
  request.set_tail_events(with_past ? -1 : 0);
  const auto stream = std::make_shared<Stream>();
  stream_ = stream;
  Loop& loop = *session_.loop;
  connected_.client->SetMetadata(MetadataOf(access_, name_));
  connected_.client->ServerStream(
      "/machine.MachineService/Events", request.SerializeAsString(),
      [stream, &loop](const std::string& bytes) {
        machine::Event event;
        stream->answered = true;
        if (event.ParseFromString(bytes)) {
          stream->events.push_back(std::move(event));
        }
        loop.Stop();
      },
      [stream, &loop](const absl::Status& status) {
        stream->over = true;
        stream->status = status;
        loop.Stop();
      });
  if (kernel_log_ != nullptr) {
    FollowKernelLog();
  }
  RunUntil(session_.clock.Monotonic() + kFirstEvent,
           [&stream] { return stream->answered || stream->over; });
  if (!stream->answered) {
    return stream->over && !stream->status.ok() ? stream->status
                                                : absl::UnavailableError("no events come");
  }
  return absl::OkStatus();
}

std::vector<machine::Event> TrackedNode::TakeEvents() {
  return stream_ == nullptr ? std::vector<machine::Event>() : std::exchange(stream_->events, {});
}

absl::StatusOr<std::string> TrackedNode::Call(const std::string& method, const std::string& request,
                                              std::chrono::seconds patience) {
  RETURN_IF_ERROR(Connect());
  struct Answer {
    std::string message;
    std::optional<absl::Status> status;
  };
  const auto answer = std::make_shared<Answer>();
  Loop& loop = *session_.loop;
  connected_.client->SetMetadata(MetadataOf(access_, name_));
  connected_.client->ServerStream(
      method, request, [answer](const std::string& bytes) { answer->message += bytes; },
      [answer, &loop](const absl::Status& status) {
        answer->status = status;
        loop.Stop();
      });
  RunUntil(session_.clock.Monotonic() + patience, [&answer] { return answer->status.has_value(); });
  const absl::Status status = answer->status.value_or(absl::UnavailableError("no answer"));
  if (!status.ok()) {
    return ExplainCall(access_, method, status);
  }
  return std::move(answer->message);
}

absl::StatusOr<std::optional<std::string>> TrackedNode::BootId() {
  machine::ReadRequest request;
  request.set_path("/proc/sys/kernel/random/boot_id");
  const absl::StatusOr<std::string> reply =
      Call("/machine.MachineService/Read", request.SerializeAsString(), std::chrono::seconds(10));
  if (absl::IsPermissionDenied(reply.status())) {
    return std::nullopt;
  }
  RETURN_IF_ERROR(reply.status());
  common::Data data;
  if (!data.ParseFromString(*reply)) {
    return absl::InternalError("the reply cannot be read");
  }
  return std::string(absl::StripAsciiWhitespace(data.bytes()));
}

}  // namespace ichor::ctl
