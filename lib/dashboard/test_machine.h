// A machine API for tests, on a unix socket, on the loop of those who ask it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "lib/base/fake_clock.h"
#include "lib/rpc/client.h"
#include "lib/rpc/server.h"
#include "lib/runtime/loop.h"

namespace ichor::dashboard {

class TestMachine {
 public:
  TestMachine();
  ~TestMachine();
  TestMachine(const TestMachine&) = delete;
  TestMachine& operator=(const TestMachine&) = delete;

  // Answers `method` with this message. The call stays open if `goes_on`.
  void Answer(const std::string& method, const google::protobuf::Message& reply, bool goes_on);
  // The watch of a type has this row.
  void AddRow(const std::string& type, const std::string& id,
              const google::protobuf::Message& spec);

  std::unique_ptr<rpc::Client> Connect();
  void Stop() { server_.reset(); }

  // Turns the loop until nothing is to be done.
  void Turn();
  void Advance(std::chrono::milliseconds time);

  base::FakeClock clock;
  std::unique_ptr<Loop> loop;
  std::vector<std::string> calls;  // methods, in the order in which they came

 private:
  const std::string path_;
  std::unique_ptr<rpc::Server> server_;
  std::map<std::string, std::vector<std::string>> rows_;  // encoded events, by type
};

}  // namespace ichor::dashboard
