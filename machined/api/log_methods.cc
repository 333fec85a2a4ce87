#include <sys/epoll.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/common.pb.h"
#include "google/protobuf/empty.pb.h"
#include "lib/base/status.h"
#include "machine/machine.pb.h"
#include "machined/api/areas.h"
#include "machined/api/files/file_tail.h"
#include "machined/api/off_loop.h"
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

// A file that others write, sent as fast as the client reads, then perhaps as it grows. Loop's
// thread only.
class FileLog {
 public:
  FileLog(const ApiContext& context, rpc::Stream& stream, std::unique_ptr<FileTail> tail,
          bool follow)
      : context_(context),
        stream_(stream),
        off_loop_(context, "log of a pod"),
        tail_(std::move(tail)),
        follow_(follow) {}
  ~FileLog() {
    if (timer_.has_value()) {
      context_.loop.Cancel(*timer_);
    }
  }
  FileLog(const FileLog&) = delete;
  FileLog& operator=(const FileLog&) = delete;

  // Goes on if there is room.
  void Send() {
    if (tail_ == nullptr || off_loop_.running() || timer_.has_value() ||
        stream_.buffered_bytes() >= kAheadBytes) {
      return;
    }
    off_loop_.Run(
        [this, tail = tail_]() -> Task {
          std::vector<std::string> messages;
          absl::StatusOr<bool> more = tail->Produce(messages);
          return [this, messages = std::move(messages), more = std::move(more)] {
            OnMessages(messages, more);
          };
        },
        [this](const absl::Status& stuck) { End(stuck); });
  }

 private:
  static constexpr std::chrono::seconds kBetweenLooks{1};

  void OnMessages(const std::vector<std::string>& messages, const absl::StatusOr<bool>& more) {
    for (const std::string& message : messages) {
      stream_.Send(message);
    }
    if (!more.ok() || (!*more && !follow_)) {
      End(more.status());
    } else if (*more) {
      Send();
    } else {
      timer_ = context_.loop.RunAt(context_.clock.Monotonic() + kBetweenLooks, [this] {
        timer_.reset();
        Send();
      });
    }
  }

  void End(const absl::Status& status) {
    tail_ = nullptr;
    stream_.Finish(status);
  }

  const ApiContext& context_;
  rpc::Stream& stream_;
  OffLoop off_loop_;
  std::shared_ptr<FileTail> tail_;  // a worker may have it still when this is gone
  const bool follow_;
  std::optional<Loop::TimerId> timer_;
};

// The log of a service or of a pod's container: what there is, then perhaps what comes.
class LogsCall : public rpc::Call {
 public:
  LogsCall(const ApiContext& context, rpc::Stream& stream) : context_(context), stream_(stream) {}

  void OnMessage(std::string message) override {
    if (const absl::Status begun = Begin(message); !begun.ok()) {
      stream_.Finish(begun);
    } else {
      OnWritable();
    }
  }

  void OnWritable() override {
    if (file_ != nullptr) {
      file_->Send();
    }
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
    std::optional<size_t> lines;
    if (request.tail_lines() >= 0) {
      lines = static_cast<size_t>(request.tail_lines());
    }
    follow_ = request.follow();
    if (!request.namespace_().empty() && request.namespace_() != kSystem &&
        request.id() != kKubelet) {
      BeginOfPod(request.id(), lines);
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(reader_, log::LogReader::Create(context_.logs, LogOf(request.id()), lines,
                                                     [this] { OnWritable(); }));
    return absl::OkStatus();
  }

  void BeginOfPod(const std::string& id, std::optional<size_t> lines) {
    context_.containers.LogFile(
        id, [weak = std::weak_ptr(self_), lines](const absl::StatusOr<std::string>& path) {
          const std::shared_ptr<LogsCall*> self = weak.lock();
          if (self == nullptr) {
            return;
          }
          LogsCall& call = **self;
          if (!path.ok()) {
            call.stream_.Finish(path.status());
            return;
          }
          call.file_ = std::make_unique<FileLog>(
              call.context_, call.stream_,
              std::make_unique<FileTail>(call.context_.tree, *path, lines), call.follow_);
          call.file_->Send();
        });
  }

  const ApiContext& context_;
  rpc::Stream& stream_;
  const std::shared_ptr<LogsCall*> self_ = std::make_shared<LogsCall*>(this);
  std::unique_ptr<FileLog> file_;  // of a pod
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
    return std::make_unique<LogsCall>(context, stream);
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
