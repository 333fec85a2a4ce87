#include "lib/sys/message_stream.h"

#include <format>
#include <memory>
#include <string>
#include <utility>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/tcp_socket.h"
#include "lib/sys/unix_socket.h"

namespace ichor::sys {
namespace {

// A listener on the loopback that answers each message with its bytes twice.
struct World {
  World() {
    listener = *StreamListener::Listen(*poller, "127.0.0.1:0", [this](base::UniqueFd fd) {
      server =
          *MessageStream::Over(*poller, std::move(fd),
                               {.on_message =
                                    [this](std::string_view message) {
                                      server->Send(std::string(message) + std::string(message));
                                    },
                                .on_end = [this] { server.reset(); }});
    });
    address = std::format("127.0.0.1:{}", *listener->port());
  }

  void Turn(int turns = 50) {
    for (int i = 0; i < turns; ++i)
      poller->Wait(std::chrono::milliseconds(2));
  }

  std::unique_ptr<Poller> poller = *Poller::Create();
  std::unique_ptr<StreamListener> listener;
  std::unique_ptr<MessageStream> server;
  std::string address;
};

}  // namespace

TEST_CASE("message stream: messages of any size go there and back whole") {
  World world;
  std::string heard;
  auto client = MessageStream::Connect(
      *world.poller, world.address,
      {.on_message = [&](std::string_view message) { heard += std::string(message) + "|"; },
       .on_end = [] {}});
  REQUIRE_THAT(client.status(), base::IsOk());
  (*client)->Send("a");
  (*client)->Send("");
  const std::string large(30'000, 'x');
  (*client)->Send(large);
  (*client)->Send(std::string(70'000, 'y'));  // dropped
  world.Turn();
  CHECK(heard == "aa||" + large + large + "|");
}

TEST_CASE("message stream: pieces are put together, and an end is told once") {
  World world;
  const base::UniqueFd raw = *StartConnectTcp(world.address);
  world.Turn();
  REQUIRE(world.server != nullptr);
  for (const char byte : {'\0', '\2', 'h', 'i'}) {
    REQUIRE_THAT(WriteSome(raw.get(), &byte, 1).status(), base::IsOk());
    world.Turn(3);
  }
  world.Turn();
  char answer[8] = {};
  REQUIRE(ReadSome(raw.get(), answer, sizeof(answer)).value_or(0) == 6);
  CHECK(std::string(answer + 2) == "hihi");
  int ends = 0;
  auto client =
      MessageStream::Connect(*world.poller, world.address,
                             {.on_message = [](std::string_view) {}, .on_end = [&] { ++ends; }});
  REQUIRE_THAT(client.status(), base::IsOk());
  world.Turn();
  world.server.reset();
  world.Turn();
  CHECK(ends == 1);
}

}  // namespace ichor::sys
