// Snapshots of etcd, out of a node and into one.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/common.pb.h"
#include "etcd/rpc.pb.h"
#include "lib/base/status.h"
#include "lib/sys/file_writer.h"
#include "machine/machine.pb.h"
#include "machined/api/areas.h"
#include "machined/api/files/message_source.h"
#include "machined/api/off_loop.h"

namespace ichor::api {
namespace {

constexpr size_t kAheadBytes = 256 << 10;  // on the way to who is slower

// What the two calls of a snapshot know of each other; null for the one that is over.
struct Passage {
  rpc::Stream* client = nullptr;
  rpc::Stream* etcd = nullptr;
  std::shared_ptr<EtcdSession> session;

  void EndClient(const absl::Status& status) {
    if (client != nullptr) {
      std::exchange(client, nullptr)->Finish(status);
    }
  }
};

// The call to etcd. It reads no more than the client takes.
class SnapshotSource : public rpc::Call {
 public:
  explicit SnapshotSource(std::shared_ptr<Passage> passage) : passage_(std::move(passage)) {}

  void OnMessage(std::string message) override {
    etcdserverpb::SnapshotResponse part;
    if (passage_->client == nullptr || !part.ParseFromString(message)) {
      passage_->EndClient(absl::InternalError("etcd's answer makes no sense"));
      return;
    }
    std::vector<std::string> pieces;
    AppendData(part.blob(), pieces);
    for (const std::string& piece : pieces) {
      passage_->client->Send(piece);
    }
    if (passage_->client->buffered_bytes() >= kAheadBytes) {
      passage_->etcd->HoldReading();
    }
  }

  void OnEnd(const absl::Status& status) override {
    passage_->etcd = nullptr;
    passage_->EndClient(status);
    passage_->session = nullptr;
  }

 private:
  const std::shared_ptr<Passage> passage_;
};

class SnapshotCall : public rpc::Call {
 public:
  SnapshotCall(EtcdControl& etcd, rpc::Stream& stream) : etcd_(etcd) { passage_->client = &stream; }
  ~SnapshotCall() override {
    passage_->client = nullptr;
    if (passage_->etcd != nullptr) {
      passage_->etcd->Cancel();
      passage_->session = nullptr;
    }
  }

  void OnMessage(std::string /*request*/) override {
    if (passage_->session != nullptr) {
      return;
    }
    absl::StatusOr<std::shared_ptr<EtcdSession>> session = etcd_.Open();
    if (!session.ok()) {
      passage_->EndClient(session.status());
      return;
    }
    passage_->session = *session;
    (*session)->Open("Maintenance/Snapshot", [this](rpc::Stream& stream) {
      passage_->etcd = &stream;
      stream.Send(etcdserverpb::SnapshotRequest().SerializeAsString());
      stream.CloseSending();
      return std::make_unique<SnapshotSource>(passage_);
    });
  }

  void OnWritable() override {
    if (passage_->etcd != nullptr) {
      passage_->etcd->ResumeReading();
    }
  }

  void OnEnd(const absl::Status& /*status*/) override {}

 private:
  EtcdControl& etcd_;
  const std::shared_ptr<Passage> passage_ = std::make_shared<Passage>();
};

// Stores what a client sends, on a worker, as fast as the disk takes it.
class RecoverCall : public rpc::Call {
 public:
  RecoverCall(const ApiContext& context, rpc::Stream& stream)
      : etcd_(context.etcd), stream_(stream), off_loop_(context, "EtcdRecover") {}

  void OnMessage(std::string message) override {
    common::Data data;
    if (const absl::Status parsed = ParseRequest(message, data); !parsed.ok()) {
      return End(parsed);
    }
    waiting_ += data.bytes();
    if (waiting_.size() >= kAheadBytes) {
      stream_.HoldReading();
    }
    GoOn();
  }

  void OnEnd(const absl::Status& /*status*/) override {
    complete_ = true;
    GoOn();
  }

 private:
  // A worker may have it still when the call is gone.
  struct File {
    std::string path;
    std::optional<sys::FileWriter> writer;
  };

  void GoOn() {
    if (over_ || off_loop_.running() || (waiting_.empty() && !complete_)) {
      return;
    }
    if (file_ == nullptr) {
      const absl::StatusOr<std::string> path = etcd_.PlaceForSnapshot();
      if (!path.ok() || waiting_.empty()) {
        return End(path.ok() ? absl::InvalidArgumentError("the snapshot is empty") : path.status());
      }
      file_ = std::make_shared<File>();
      file_->path = *path;
    }
    const bool last = waiting_.empty();
    off_loop_.Run(
        [this, file = file_, bytes = std::exchange(waiting_, ""), last]() -> Task {
          return [this, last, status = Write(*file, bytes, last)] { Wrote(status, last); };
        },
        [this](const absl::Status& error) { End(error); });
  }

  static absl::Status Write(File& file, const std::string& bytes, bool last) {
    if (!file.writer.has_value()) {
      ASSIGN_OR_RETURN(sys::FileWriter writer, sys::FileWriter::Create(file.path, 0700));
      file.writer.emplace(std::move(writer));
    }
    return last ? file.writer->Commit() : file.writer->Write(bytes);
  }

  void Wrote(const absl::Status& status, bool last) {
    if (!status.ok() || last) {
      return End(status);
    }
    stream_.ResumeReading();
    GoOn();
  }

  void End(const absl::Status& status) {
    if (!std::exchange(over_, true)) {
      file_ = nullptr;
      if (status.ok()) {
        machine::EtcdRecoverResponse reply;
        reply.add_messages();
        stream_.Send(reply.SerializeAsString());
      }
      stream_.Finish(status);
    }
  }

  EtcdControl& etcd_;
  rpc::Stream& stream_;
  std::string waiting_;    // for the disk
  bool complete_ = false;  // nothing else comes
  bool over_ = false;
  std::shared_ptr<File> file_;
  OffLoop off_loop_;
};

}  // namespace

void AddEtcdStreamMethods(Methods& methods) {
  const ApiContext& context = methods.context();
  methods.Add("/machine.MachineService/EtcdSnapshot", [&context](rpc::Stream& stream) {
    return std::make_unique<SnapshotCall>(context.etcd, stream);
  });
  methods.Add("/machine.MachineService/EtcdRecover", [&context](rpc::Stream& stream) {
    return std::make_unique<RecoverCall>(context, stream);
  });
}

}  // namespace ichor::api
