// The machine API over fakes, on a unix socket, with a client: for tests.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/rpc/client.h"
#include "lib/rpc/server.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/fake_file_view.h"
#include "lib/sys/fake_kernel_log.h"
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
  std::string asked;  // the last wish
};

// Everybody may do everything, unless a test says otherwise.
struct FakeAccess : AccessPolicy {
  absl::Status Authorize(std::string_view method, const rpc::Stream& stream) override;
  bool IsAdmin(const rpc::Stream& /*stream*/) override { return admin; }
  std::string denied;  // a method
  bool admin = false;
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

  TestRuntime t;
  sys::FakeFileView files;
  sys::FakeKernelLog kernel_log;
  log::LogStore logs;
  events::EventBus events{t.clock};
  FakeServices services;
  FakeControl control;
  FakeAccess access;

 private:
  const std::string path_;
  MachineApi api_;
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<rpc::Client> client_;
};

}  // namespace ichor::api
