#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/status.h"
#include "machine/machine.pb.h"
#include "machined/api/areas.h"
#include "machined/api/file_messages.h"
#include "machined/api/off_loop.h"

namespace ichor::api {
namespace {

constexpr size_t kAheadBytes = 64 << 10;  // sent ahead of what the transport takes

// Streams what a Source makes on a worker, as fast as the client reads. Request: of the call.
template <class Request, class Source>
class SourceCall : public rpc::Call {
 public:
  SourceCall(const ApiContext& context, rpc::Stream& stream, std::string name)
      : files_(context.files), stream_(stream), off_loop_(context, std::move(name)) {}

  void OnMessage(std::string message) override {
    Request request;
    if (const absl::Status parsed = ParseRequest(message, request); !parsed.ok()) {
      stream_.Finish(parsed);
      return;
    }
    source_ = std::make_shared<Source>(files_, std::move(request));
    OnWritable();
  }

  void OnWritable() override {
    if (source_ == nullptr || off_loop_.running() || stream_.buffered_bytes() >= kAheadBytes) {
      return;
    }
    off_loop_.Run(
        [this, source = source_]() -> Task {
          std::vector<std::string> messages;
          const bool more = source->Produce(messages);
          return [this, messages = std::move(messages), more] { Send(messages, more); };
        },
        [this](const absl::Status& error) {
          source_ = nullptr;
          stream_.Finish(error);
        });
  }

  void OnEnd(const absl::Status& /*status*/) override {}

 private:
  void Send(const std::vector<std::string>& messages, bool more) {
    for (const std::string& message : messages) {
      stream_.Send(message);
    }
    if (more) {
      OnWritable();
    } else {
      source_ = nullptr;
      stream_.Finish(absl::OkStatus());
    }
  }

  sys::FileView& files_;
  rpc::Stream& stream_;
  std::shared_ptr<Source> source_;  // a worker may have it too
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
}

}  // namespace ichor::api
