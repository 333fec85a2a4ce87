#include <sys/epoll.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "common/common.pb.h"
#include "google/protobuf/empty.pb.h"
#include "lib/base/status.h"
#include "machine/machine.pb.h"
#include "machined/api/areas.h"
#include "machined/log/kmsg.h"
#include "machined/log/log_reader.h"

namespace ichor::api {
namespace {

using google::protobuf::Empty;

constexpr size_t kChunkBytes = 1024;      // of one message
constexpr size_t kAheadBytes = 64 << 10;  // sent ahead of what the transport takes
constexpr std::string_view kSystem = "system";
constexpr std::string_view kKubelet = "kubelet";

void SendBytes(rpc::Stream& stream, std::string bytes) {
  common::Data data;
  data.set_bytes(std::move(bytes));
  stream.Send(data.SerializeAsString());
}

// What clients ask for by the names of parts that have no log of their own here.
std::string_view LogOf(std::string_view id) {
  if (id == "controller-runtime") {
    return "machined";
  }
  return id == "dns-resolve-cache" ? "networkd" : id;
}

// The log of a service: what there is, then perhaps what comes.
class LogsCall : public rpc::Call {
 public:
  LogsCall(log::LogStore& logs, rpc::Stream& stream) : logs_(logs), stream_(stream) {}

  void OnMessage(std::string message) override {
    if (const absl::Status begun = Begin(message); !begun.ok()) {
      stream_.Finish(begun);
    } else {
      OnWritable();
    }
  }

  void OnWritable() override {
    while (reader_ != nullptr && stream_.buffered_bytes() < kAheadBytes) {
      std::string bytes = reader_->Next(kChunkBytes);
      if (!bytes.empty()) {
        SendBytes(stream_, std::move(bytes));
        continue;
      }
      if (!follow_) {
        reader_ = nullptr;
        stream_.Finish(absl::OkStatus());
      }
      return;
    }
  }

  void OnEnd(const absl::Status& /*status*/) override {}

 private:
  absl::Status Begin(const std::string& message) {
    machine::LogsRequest request;
    RETURN_IF_ERROR(ParseRequest(message, request));
    if (!request.namespace_().empty() && request.namespace_() != kSystem &&
        request.id() != kKubelet) {
      return absl::NotFoundError("no containers run in namespace " + request.namespace_());
    }
    std::optional<size_t> lines;
    if (request.tail_lines() >= 0) {
      lines = static_cast<size_t>(request.tail_lines());
    }
    follow_ = request.follow();
    ASSIGN_OR_RETURN(reader_, log::LogReader::Create(logs_, LogOf(request.id()), lines,
                                                     [this] { OnWritable(); }));
    return absl::OkStatus();
  }

  log::LogStore& logs_;
  rpc::Stream& stream_;
  std::unique_ptr<log::LogReader> reader_;
  bool follow_ = false;
};

// The kernel's log, a line a message.
class DmesgCall : public rpc::Call {
 public:
  DmesgCall(const ApiContext& context, rpc::Stream& stream)
      : context_(context),
        stream_(stream),
        boot_(context.clock.Now() - context.clock.Monotonic().time_since_epoch()) {}
  ~DmesgCall() override { Unwatch(); }

  void OnMessage(std::string message) override {
    const absl::Status begun = Begin(message);
    if (!begun.ok()) {
      stream_.Finish(begun);
    } else {
      OnWritable();
    }
  }

  void OnWritable() override {
    if (reader_ == nullptr) {
      return;
    }
    while (stream_.buffered_bytes() < kAheadBytes) {
      const absl::StatusOr<std::optional<std::string>> next = reader_->Next();
      if (!next.ok()) {
        return End(next.status());
      }
      const std::optional<std::string>& record = *next;
      if (!record.has_value()) {
        return follow_ ? Watch() : End(absl::OkStatus());
      }
      absl::StatusOr<std::string> line = log::FormatKmsg(*record, boot_);
      if (line.ok()) {
        SendBytes(stream_, *std::move(line));
      }
    }
    Unwatch();  // until there is room
  }

  void OnEnd(const absl::Status& /*status*/) override {}

 private:
  absl::Status Begin(const std::string& message) {
    machine::DmesgRequest request;
    RETURN_IF_ERROR(ParseRequest(message, request));
    follow_ = request.follow();
    ASSIGN_OR_RETURN(reader_, context_.kernel_log.Open(request.follow() && request.tail()));
    return absl::OkStatus();
  }

  void Watch() {
    if (std::exchange(watched_, true)) {
      return;
    }
    const absl::Status added =
        context_.loop.poller().Add(reader_->fd(), EPOLLIN, [this](std::uint32_t) { OnWritable(); });
    if (!added.ok()) {
      watched_ = false;
      End(added);
    }
  }

  void Unwatch() {
    if (std::exchange(watched_, false)) {
      context_.loop.poller().Remove(reader_->fd());
    }
  }

  void End(const absl::Status& status) {
    Unwatch();
    reader_ = nullptr;
    stream_.Finish(status);
  }

  const ApiContext& context_;
  rpc::Stream& stream_;
  const base::WallTime boot_;  // when the kernel's clock began
  std::unique_ptr<sys::KernelLogReader> reader_;
  bool follow_ = false;
  bool watched_ = false;
};

}  // namespace

void AddLogMethods(Methods& methods) {
  const ApiContext& context = methods.context();
  methods.Add("/machine.MachineService/Logs", [&context](rpc::Stream& stream) {
    return std::make_unique<LogsCall>(context.logs, stream);
  });
  methods.Add("/machine.MachineService/Dmesg", [&context](rpc::Stream& stream) {
    return std::make_unique<DmesgCall>(context, stream);
  });
  methods.Unary<Empty>("/machine.MachineService/LogsContainers",
                       [&context](const Empty&) -> absl::StatusOr<machine::LogsContainersResponse> {
                         machine::LogsContainersResponse reply;
                         machine::LogsContainer& list = *reply.add_messages();
                         for (std::string& id : context.logs.Ids()) {
                           list.add_ids(std::move(id));
                         }
                         return reply;
                       });
}

}  // namespace ichor::api
