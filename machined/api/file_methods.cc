#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/status.h"
#include "machine/machine.pb.h"
#include "machined/api/areas.h"
#include "machined/api/files/file_bytes.h"
#include "machined/api/files/file_messages.h"
#include "machined/api/files/shown_files.h"
#include "machined/api/files/tree_archive.h"
#include "machined/api/off_loop.h"

namespace ichor::api {
namespace {

constexpr size_t kAheadBytes = 64 << 10;  // sent ahead of what the transport takes

// Streams what a Source makes on a worker, as fast as the client reads. Request: of the call.
template <class Request, class Source>
class SourceCall : public rpc::Call {
 public:
  SourceCall(const ApiContext& context, rpc::Stream& stream, std::string name)
      : files_(context.tree, context.access.IsAdmin(stream)),
        stream_(stream),
        off_loop_(context, std::move(name)) {}

  void OnMessage(std::string message) override {
    Request request;
    if (const absl::Status parsed = ParseRequest(message, request); !parsed.ok()) {
      stream_.Finish(parsed);
      return;
    }
    making_ = std::make_shared<Making>(files_, request);
    OnWritable();
  }

  void OnWritable() override {
    if (making_ == nullptr || off_loop_.running() || stream_.buffered_bytes() >= kAheadBytes) {
      return;
    }
    off_loop_.Run(
        [this, making = making_]() -> Task {
          std::vector<std::string> messages;
          absl::StatusOr<bool> more = making->source.Produce(messages);
          return [this, messages = std::move(messages), more = std::move(more)] {
            Send(messages, more);
          };
        },
        [this](const absl::Status& error) { End(error); });
  }

  void OnEnd(const absl::Status& /*status*/) override {}

 private:
  // A worker may have it still when the call is gone.
  struct Making {
    Making(const ShownFiles& shown, const Request& request)
        : files(shown), source(files, request) {}
    ShownFiles files;
    Source source;
  };

  void Send(const std::vector<std::string>& messages, const absl::StatusOr<bool>& more) {
    for (const std::string& message : messages) {
      stream_.Send(message);
    }
    if (!more.ok()) {
      End(more.status());
    } else if (*more) {
      OnWritable();
    } else {
      End(absl::OkStatus());
    }
  }

  void End(const absl::Status& status) {
    making_ = nullptr;
    stream_.Finish(status);
  }

  const ShownFiles files_;
  rpc::Stream& stream_;
  std::shared_ptr<Making> making_;
  OffLoop off_loop_;
};

template <class Request, class Source>
void AddSource(Methods& methods, const std::string& path) {
  methods.Add(path, [&context = methods.context(), path](rpc::Stream& stream) {
    return std::make_unique<SourceCall<Request, Source>>(context, stream, path);
  });
}

}  // namespace

void AddFileMethods(Methods& methods) {
  AddSource<machine::ListRequest, FileList>(methods, "/machine.MachineService/List");
  AddSource<machine::DiskUsageRequest, DiskUse>(methods, "/machine.MachineService/DiskUsage");
  AddSource<machine::ReadRequest, FileBytes>(methods, "/machine.MachineService/Read");
  AddSource<machine::CopyRequest, TreeArchive>(methods, "/machine.MachineService/Copy");
}

}  // namespace ichor::api
