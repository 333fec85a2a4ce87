#include "lib/dashboard/test_machine.h"

#include <chrono>
#include <filesystem>
#include <format>
#include <utility>

#include "cosi/resource/state.pb.h"

namespace ichor::dashboard {
namespace {

// Answers when the request is there.
class Answering : public rpc::Call {
 public:
  using Answer = std::function<std::vector<std::string>(const std::string& request)>;

  Answering(rpc::Stream& stream, bool goes_on, Answer answer)
      : stream_(stream), goes_on_(goes_on), answer_(std::move(answer)) {}

  void OnMessage(std::string message) override {
    for (const std::string& reply : answer_(message)) {
      stream_.Send(reply);
    }
    if (!goes_on_) {
      stream_.Finish(absl::OkStatus());
    }
  }
  void OnEnd(const absl::Status& /*status*/) override {}

 private:
  rpc::Stream& stream_;
  const bool goes_on_;
  const Answer answer_;
};

// One for each machine of each process.
std::string NewPath() {
  static int number = 0;
  const std::string process = std::filesystem::read_symlink("/proc/self");
  return std::filesystem::temp_directory_path() /
         std::format("dashboard_test.{}.{}", process, ++number);
}

}  // namespace

TestMachine::TestMachine()
    : loop(*Loop::Create(clock)),
      path_(NewPath()),
      server_(*rpc::Server::Create(*loop, {.path = path_})) {
  server_->Handle("/cosi.resource.State/Watch", [this](rpc::Stream& stream) {
    return std::make_unique<Answering>(stream, true, [this](const std::string& bytes) {
      cosi::resource::WatchRequest request;
      request.ParseFromString(bytes);
      calls.push_back(request.type());
      return rows_[request.type()];
    });
  });
}

TestMachine::~TestMachine() {
  server_.reset();
  std::filesystem::remove(path_);
}

void TestMachine::Answer(const std::string& method, const google::protobuf::Message& reply,
                         bool goes_on) {
  server_->Handle("/machine.MachineService/" + method,
                  [this, method, goes_on, bytes = reply.SerializeAsString()](rpc::Stream& stream) {
                    return std::make_unique<Answering>(
                        stream, goes_on, [this, method, bytes](const std::string& /*request*/) {
                          calls.push_back(method);
                          return std::vector<std::string>{bytes};
                        });
                  });
}

void TestMachine::AddRow(const std::string& type, const std::string& id,
                         const google::protobuf::Message& spec) {
  cosi::resource::WatchResponse reply;
  cosi::resource::Event& event = *reply.add_event();
  event.set_event_type(cosi::resource::CREATED);
  event.mutable_resource()->mutable_metadata()->set_id(id);
  event.mutable_resource()->mutable_spec()->set_proto_spec(spec.SerializeAsString());
  rows_[type].push_back(reply.SerializeAsString());
}

std::unique_ptr<rpc::Client> TestMachine::Connect() {
  return *rpc::Client::Connect(*loop, path_);
}

void TestMachine::Turn() {
  for (int quiet = 0; quiet < 3; ++quiet) {
    loop->poller().Wait(std::chrono::nanoseconds(0));
    while (loop->RunReady()) {
      loop->poller().Wait(std::chrono::nanoseconds(0));
      quiet = 0;
    }
  }
}

void TestMachine::Advance(std::chrono::milliseconds time) {
  clock.Advance(time);
  Turn();
}

}  // namespace ichor::dashboard
