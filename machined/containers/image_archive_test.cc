#include "machined/containers/image_archive.h"

#include <unistd.h>

#include <chrono>
#include <format>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "catch2/catch_test_macros.hpp"
#include "containerd/streaming.pb.h"
#include "containerd/transfer.pb.h"
#include "containerd/transfer_types.pb.h"
#include "google/protobuf/empty.pb.h"
#include "lib/base/status_matchers.h"
#include "lib/rpc/server.h"
#include "lib/runtime/test_runtime.h"

namespace ichor {
namespace {

namespace types = containerd::types::transfer;
using google::protobuf::Any;

constexpr std::int32_t kWindow = 64 << 10;
constexpr size_t kChunk = 32 << 10;

// containerd, which a test has read.
struct FakeContainerd {
  struct Side : rpc::Call {
    Side(FakeContainerd& owner, rpc::Stream& on) : fake(owner), stream(on) {}
    void OnMessage(std::string message) override {
      Any any;
      REQUIRE(any.ParseFromString(message));
      if (containerd::services::streaming::v1::StreamInit init;
          any.type_url() == init.GetTypeName()) {
        REQUIRE(init.ParseFromString(any.value()));
        fake.streams[init.id()] = &stream;
        stream.Send(Packed(google::protobuf::Empty()).SerializeAsString());
        return;
      }
      CHECK(any.type_url() == "containerd.types.transfer.Data");
      types::Data data;
      REQUIRE(data.ParseFromString(any.value()));
      fake.archive += data.data();
    }
    void OnEnd(const absl::Status& /*status*/) override { fake.archive_over = true; }
    FakeContainerd& fake;
    rpc::Stream& stream;
  };

  struct Transferring : rpc::Call {
    Transferring(FakeContainerd& owner, rpc::Stream& on) : fake(owner) { fake.transfer = &on; }
    void OnMessage(std::string message) override { REQUIRE(fake.request.ParseFromString(message)); }
    void OnEnd(const absl::Status& /*status*/) override {}
    FakeContainerd& fake;
  };

  FakeContainerd() {
    auto made = rpc::Server::Create(*t.loop, {.path = path});
    REQUIRE_THAT(made, base::IsOk());
    server = *std::move(made);
    server->Handle("/containerd.services.streaming.v1.Streaming/Stream",
                   [this](rpc::Stream& on) { return std::make_unique<Side>(*this, on); });
    server->Handle("/containerd.services.transfer.v1.Transfer/Transfer",
                   [this](rpc::Stream& on) { return std::make_unique<Transferring>(*this, on); });
  }
  ~FakeContainerd() {
    archive_import.reset();
    Turn();
    unlink(path.c_str());
  }

  void Turn() {
    for (int i = 0; i < 50; ++i) {
      t.loop->poller().Wait(std::chrono::nanoseconds(0));
      t.Settle();
    }
  }

  // Until it waits for bytes.
  void Begin() {
    archive_import->Begin(Containerd::Connect(*t.loop, path, "system"));
    Turn();
    REQUIRE(transfer != nullptr);
  }

  rpc::Stream& Progress() { return *streams.at(request.options().progress_stream()); }
  void Say(const std::string& event, const std::string& name) {
    types::Progress progress;
    progress.set_event(event);
    progress.set_name(name);
    Progress().Send(Packed(progress).SerializeAsString());
  }
  // Reads one window more.
  void Read() {
    types::ImageImportStream source;
    REQUIRE(source.ParseFromString(request.source().value()));
    types::WindowUpdate room;
    room.set_update(kWindow);
    streams.at(source.stream())->Send(Packed(room).SerializeAsString());
    Turn();
  }
  void EndTransfer(const absl::Status& status) {
    if (status.ok()) {
      transfer->Send(google::protobuf::Empty().SerializeAsString());
    }
    transfer->Finish(status);
    Turn();
  }

  TestRuntime t;
  std::string path = std::format("/tmp/ichor-archive-{}", getpid());
  std::unique_ptr<rpc::Server> server;
  std::map<std::string, rpc::Stream*> streams;  // by their names
  containerd::services::transfer::v1::TransferRequest request;
  rpc::Stream* transfer = nullptr;
  std::string archive;
  bool archive_over = false;

  int rooms = 0;  // how often it was said that there is room
  std::optional<absl::StatusOr<std::string>> answer;
  std::unique_ptr<ImageArchive> archive_import = std::make_unique<ImageArchive>(
      *t.loop,
      ImageArchive::Listener{
          .on_room = [this] { ++rooms; },
          .on_done = [this](absl::StatusOr<std::string> said) { answer = std::move(said); }});
};

}  // namespace

TEST_CASE("image archive: containerd gets no more than it reads, and all of it") {
  FakeContainerd fake;
  std::string sent;
  for (char letter = 'a'; !fake.archive_import->full(); ++letter) {
    fake.archive_import->Write(std::string(kChunk, letter));
    sent += std::string(kChunk, letter);
  }
  fake.Begin();
  CHECK(fake.archive.empty());
  fake.Read();
  CHECK(fake.archive.size() == kWindow);
  CHECK_FALSE(fake.archive_import->full());
  CHECK(fake.rooms == 1);
  fake.archive_import->End();
  while (fake.archive.size() < sent.size()) {
    CHECK_FALSE(fake.archive_over);
    fake.Read();
  }
  CHECK(fake.archive == sent);
  CHECK(fake.archive_over);
}

TEST_CASE("image archive: a message larger than the window is counted as a whole") {
  FakeContainerd fake;
  fake.Begin();
  fake.archive_import->Write(std::string(3 * kWindow, 'x'));
  fake.archive_import->Write("y");
  fake.Read();
  CHECK(fake.archive.size() == 3 * kWindow);
  fake.Read();
  fake.Read();
  CHECK(fake.archive.size() == 3 * kWindow);
  fake.Read();
  CHECK(fake.archive.ends_with("xy"));
}

TEST_CASE("image archive: the answer is the first image's name, whichever stream ends first") {
  FakeContainerd fake;
  fake.Begin();
  types::ImageStore store;
  REQUIRE(store.ParseFromString(fake.request.destination().value()));
  CHECK(store.unpacks_size() == 1);
  CHECK(store.extra_references(0).name() == "import");
  fake.Say("Importing", "");
  fake.Say("saved", "r.io/a:1");
  fake.Say("saved", "r.io/b:1");
  SECTION("that of what was done") {
    fake.Progress().Finish(absl::OkStatus());
    fake.Turn();
    CHECK_FALSE(fake.answer.has_value());
    fake.EndTransfer(absl::OkStatus());
  }
  SECTION("the call") {
    fake.EndTransfer(absl::OkStatus());
    CHECK_FALSE(fake.answer.has_value());
    fake.Progress().Finish(absl::OkStatus());
    fake.Turn();
  }
  REQUIRE(fake.answer.has_value());
  CHECK(fake.answer->value_or("") == "r.io/a:1");
}

TEST_CASE("image archive: what is wrong with it is said") {
  FakeContainerd fake;
  fake.Begin();
  SECTION("by containerd") {
    fake.EndTransfer(absl::InvalidArgumentError("unrecognized image format"));
    CHECK_THAT(fake.answer->status(),
               base::StatusIs(absl::StatusCode::kInvalidArgument,
                              "the archive cannot be imported: unrecognized image format"));
  }
  SECTION("if there is nothing in it") {
    fake.Progress().Finish(absl::OkStatus());
    fake.EndTransfer(absl::OkStatus());
    CHECK_THAT(fake.answer->status(), base::StatusIs(absl::StatusCode::kInvalidArgument,
                                                     "there is no image in the archive"));
  }
  SECTION("if containerd goes away") {
    fake.server.reset();
    fake.Turn();
    CHECK(fake.answer->status().code() == absl::StatusCode::kUnavailable);
  }
}

}  // namespace ichor
