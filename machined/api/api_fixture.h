// The machine API over fakes, on a unix socket, with a client: for tests.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/kube/fake_api.h"
#include "lib/rpc/client.h"
#include "lib/rpc/server.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/fake_block_devices.h"
#include "lib/sys/fake_disk_eraser.h"
#include "lib/sys/fake_file_view.h"
#include "lib/sys/fake_kernel_log.h"
#include "lib/sys/fake_packet_capture.h"
#include "machined/api/api.h"
#include "machined/api/context.h"

namespace ichor::api {

struct FakeServices : ServiceDirectory {
  std::vector<machine::ServiceInfo> List() override { return services; }
  absl::StatusOr<std::string> Start(std::string_view id) override;
  absl::StatusOr<std::string> Stop(std::string_view id) override;
  absl::StatusOr<std::string> Restart(std::string_view id) override;
  std::vector<machine::ServiceInfo> services;
};

struct FakeControl : MachineControl {
  absl::StatusOr<std::string> Reboot(machine::RebootRequest::Mode mode) override;
  absl::StatusOr<std::string> Shutdown(bool force) override;
  absl::StatusOr<std::string> Reset(const machine::ResetRequest& request) override;
  std::string asked;  // the last wish
};

// Everybody may do everything, unless a test says otherwise.
struct FakeAccess : AccessPolicy {
  absl::Status Authorize(std::string_view method, const rpc::Stream& stream) override;
  bool IsAdmin(const rpc::Stream& stream) override;
  AccessPolicy* instead = nullptr;    // decides, if it is there
  std::string denied;                 // a method
  const rpc::Stream* last = nullptr;  // of the call that was made last; it may be over
  bool admin = false;
};

struct FakeConfig : ConfigControl {
  bool InMaintenance() const override { return maintenance; }
  void Apply(ApplyRequest request, ApplyDone done) override;
  absl::StatusOr<ConfigPlan> Plan(const ApplyRequest& request) override;
  void Confirm(ConfirmDone done) override { done(confirm); }
  bool maintenance = false;
  ApplyRequest asked;  // the last one
  absl::StatusOr<Applied> answer = Applied{};
  absl::StatusOr<std::string> confirm = "The config stays.";
};

struct FakeEtcd : EtcdControl {
  void Bootstrap(const BootstrapWish& wish, Done done) override;
  absl::StatusOr<std::shared_ptr<EtcdSession>> Open() override;
  absl::StatusOr<std::shared_ptr<EtcdSession>> OpenMember(const std::string& url) override;
  absl::StatusOr<std::string> PlaceForSnapshot() override { return place; }
  void Leave(Done done) override;
  BootstrapWish asked;  // the last one
  absl::StatusOr<std::string> place = absl::FailedPreconditionError("too early");
  bool left = false;
  // Of a test; without it there is no etcd.
  std::function<absl::StatusOr<std::shared_ptr<EtcdSession>>()> open;
  absl::Status answer;
};

struct FakeContainers : ContainerDirectory {
  void List(const ContainerScope& scope, Done<std::vector<machine::ContainerInfo>> done) override;
  void Stats(const ContainerScope& scope, Done<std::vector<machine::Stat>> done) override;
  void Images(const std::string& name_space,
              Done<std::vector<machine::ImageServiceListResponse>> done) override;
  void Pull(const std::string& name_space, const std::string& image,
            Done<std::string> done) override;
  std::unique_ptr<ImageImport> Import(const std::string& name_space, std::function<void()> on_room,
                                      Done<std::string> done) override;
  void Remove(const std::string& name_space, const std::string& image, Done<bool> done) override;
  void LogFile(const std::string& id, Done<std::string> done) override;
  void Restart(const ContainerScope& scope, const std::string& id, Done<bool> done) override;
  absl::Status answer;
  std::string asked;     // the last question
  std::string imported;  // of the last archive: what came of it
  bool full = false;     // whether an archive holds its writer up
  std::function<void()> go_on;
};

// What a stream gave until now.
struct Received {
  std::vector<std::string> messages;
  absl::Status status = absl::UnknownError("not over");
  bool over = false;
};

class ApiFixture {
 public:
  ApiFixture();
  ~ApiFixture();
  ApiFixture(const ApiFixture&) = delete;
  ApiFixture& operator=(const ApiFixture&) = delete;

  // Turns the loop and the workers until nothing is to be done.
  void Turn();

  // The reply's bytes.
  absl::StatusOr<std::string> Ask(const std::string& method, const std::string& request = "");

  // The reply, which must be a Reply.
  template <class Reply>
  Reply Call(const std::string& method, const std::string& request = "") {
    Reply reply;
    const absl::StatusOr<std::string> bytes = Ask(method, request);
    status = bytes.status();
    parsed = bytes.ok() && reply.ParseFromString(*bytes);
    return reply;
  }
  bool parsed = false;  // whether the last Call got its reply
  absl::Status status;  // of the last Call

  // A stream, which goes on until the fixture ends.
  std::shared_ptr<Received> Open(const std::string& method, const std::string& request = "");

  // A stream whose client takes no more than the first few kilobytes.
  std::shared_ptr<Received> OpenUnread(const std::string& method, const std::string& request);

  // Sent with each call from now on.
  void SetMetadata(rpc::Metadata metadata) { client_->SetMetadata(std::move(metadata)); }

  // A call of a client that sends `messages`, and then no more.
  std::shared_ptr<Received> Send(const std::string& method,
                                 const std::vector<std::string>& messages);

  // Ends the connection; nothing can be asked after that.
  void Disconnect();

  TestRuntime t;
  sys::FakeFileView files;
  sys::FakeKernelLog kernel_log;
  sys::FakePacketCaptures captures;
  log::LogStore logs;
  events::EventBus events{t.clock};
  sys::FakeBlockDevices disks;
  sys::FakeDiskEraser eraser{disks};
  int disks_changed = 0;  // how often it was said
  MetaStore meta{{t.runtime, *t.loop, t.executor, disks}};
  FakeServices services;
  FakeControl control;
  FakeAccess access;
  FakeConfig config;
  FakeEtcd etcd;
  kube::FakeApi cluster;
  FakeContainers containers;
  FakeContainers memory_containers;

 private:
  const std::string path_;
  MachineApi api_;
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<rpc::Client> client_;
};

}  // namespace ichor::api
