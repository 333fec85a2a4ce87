// Server and client on one loop, without threads.
#include <unistd.h>

#include <algorithm>
#include <format>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/fake_clock.h"
#include "lib/base/status_matchers.h"
#include "lib/rpc/client.h"
#include "lib/rpc/server.h"
#include "lib/sys/unix_socket.h"

namespace ichor::rpc {
namespace {

using base::IsOk;
using base::StatusIs;

absl::StatusOr<std::string> Echo(std::string_view request) {
  if (request == "bad") {
    return absl::FailedPreconditionError("100 % bad\n");
  }
  return std::string(request);
}

// Sends as many messages as it is told to, as the client reads them; counts how many there are of
// it.
class CountingCall : public Call {
 public:
  CountingCall(Stream& stream, int& alive, size_t& most_buffered)
      : stream_(stream), alive_(alive), most_buffered_(most_buffered) {
    ++alive_;
  }
  ~CountingCall() override { --alive_; }

  void OnMessage(std::string message) override {
    left_ = std::stoi(message);
    OnWritable();
  }
  void OnWritable() override {
    while (left_ > 0 && stream_.buffered_bytes() < 4096) {
      --left_;
      stream_.Send(std::string(1000, 'x'));
      most_buffered_ = std::max(most_buffered_, stream_.buffered_bytes());
    }
    if (left_ == 0) {
      stream_.Finish(absl::OkStatus());
    }
  }
  void OnEnd(const absl::Status& /*status*/) override {}

 private:
  Stream& stream_;
  int& alive_;
  size_t& most_buffered_;
  int left_ = -1;
};

absl::Status StillOpen() {
  return absl::UnknownError("still open");
}

struct Fixture {
  Fixture() {
    server->Handle("/test.Service/Headers", [](Stream& stream) {
      std::string text;
      for (const auto& [name, value] : stream.headers()) {
        text += std::format("{}={};", name, value);
      }
      return UnaryCall(stream, [text](std::string_view) { return text; });
    });
    server->Handle("/test.Service/Peer", [](Stream& stream) {
      const auto& process = stream.peer().process;
      std::string text =
          process.has_value() ? std::format("{} {}", process->pid, process->uid) : "";
      return UnaryCall(stream, [text](std::string_view) { return text; });
    });
    server->Handle("/test.Service/Echo", [](Stream& stream) { return UnaryCall(stream, Echo); });
    server->Handle("/test.Service/Count", [this](Stream& stream) {
      return std::make_unique<CountingCall>(stream, calls_alive, most_buffered);
    });
  }
  ~Fixture() { unlink(path.c_str()); }

  // Turns the loop until it has nothing to do.
  void Turn() {
    for (int quiet = 0; quiet < 3; ++quiet) {
      loop->poller().Wait(std::chrono::nanoseconds(0));
      while (loop->RunReady()) {
        loop->poller().Wait(std::chrono::nanoseconds(0));
        quiet = 0;
      }
    }
  }

  absl::StatusOr<std::string> Ask(const std::string& method, const std::string& request) {
    std::optional<absl::StatusOr<std::string>> answer;
    client->Unary(method, request,
                  [&](absl::StatusOr<std::string> reply) { answer = std::move(reply); });
    for (int turn = 0; turn < 10'000 && !answer.has_value(); ++turn) {
      Turn();
    }
    return answer.value_or(StillOpen());
  }

  std::string path = std::format("/tmp/rpc_test.{}", getpid());
  base::FakeClock clock;
  std::unique_ptr<Loop> loop = *Loop::Create(clock);
  int calls_alive = 0;
  size_t most_buffered = 0;
  std::unique_ptr<Server> server =
      *Server::Create(*loop, {.path = path, .connection = {.max_message_bytes = 1 << 20}});
  std::unique_ptr<Client> client = *Client::Connect(*loop, path);
};

}  // namespace

TEST_CASE("rpc: a request comes back as its reply, whatever its size") {
  Fixture f;
  const size_t size =
      GENERATE(size_t{0}, size_t{1}, size_t{16'379}, size_t{65'536}, size_t{1} << 20);
  const std::string request(size, 'q');
  const absl::StatusOr<std::string> reply = f.Ask("/test.Service/Echo", request);
  REQUIRE_THAT(reply, IsOk());
  CHECK(*reply == request);
}

TEST_CASE("rpc: errors cross with code and message") {
  Fixture f;
  CHECK_THAT(f.Ask("/test.Service/Echo", "bad"),
             StatusIs(absl::StatusCode::kFailedPrecondition, "100 % bad\n"));
  CHECK_THAT(f.Ask("/test.Service/None", "x"),
             StatusIs(absl::StatusCode::kUnimplemented, "unknown method /test.Service/None"));
  CHECK_THAT(f.Ask("/test.Service/Echo", "still there"), IsOk());
}

TEST_CASE("rpc: a request over the limit is refused, and the connection lives on") {
  Fixture f;
  CHECK_THAT(f.Ask("/test.Service/Echo", std::string((1 << 20) + 1, 'q')),
             StatusIs(absl::StatusCode::kResourceExhausted,
                      "message of 1048577 bytes, expected at most 1048576"));
  CHECK_THAT(f.Ask("/test.Service/Echo", "x"), IsOk());
}

TEST_CASE("rpc: a long stream arrives whole while little of it waits in memory") {
  Fixture f;
  int received = 0;
  std::optional<absl::Status> end;
  f.client->ServerStream(
      "/test.Service/Count", "20000", [&](const std::string&) { ++received; },
      [&](const absl::Status& status) { end = status; });
  for (int turn = 0; turn < 10'000 && !end.has_value(); ++turn) {
    f.Turn();
  }
  CHECK_THAT(end.value_or(StillOpen()), IsOk());
  CHECK(received == 20'000);
  CHECK(f.most_buffered < 8192);
  CHECK(f.calls_alive == 0);
}

TEST_CASE("rpc: when the client goes away, its calls are destroyed") {
  Fixture f;
  f.client->ServerStream(
      "/test.Service/Count", "1000000000", [](const std::string&) {}, [](const absl::Status&) {});
  for (int turn = 0; turn < 10 && f.calls_alive == 0; ++turn) {
    f.loop->RunReady();
    f.loop->poller().Wait(std::chrono::nanoseconds(0));
  }
  REQUIRE(f.calls_alive == 1);
  f.client.reset();
  f.Turn();
  CHECK(f.calls_alive == 0);
}

TEST_CASE("rpc: when the server goes away, calls end with Unavailable, and so do new ones") {
  Fixture f;
  std::optional<absl::Status> end;
  f.client->ServerStream(
      "/test.Service/Count", "-1", [](const std::string&) {},
      [&](const absl::Status& status) { end = status; });
  f.Turn();
  REQUIRE_FALSE(end.has_value());
  f.server.reset();
  f.Turn();
  CHECK_THAT(end.value_or(StillOpen()),
             StatusIs(absl::StatusCode::kUnavailable, "the connection broke"));
  CHECK_THAT(f.Ask("/test.Service/Echo", "x"),
             StatusIs(absl::StatusCode::kUnavailable, "the connection is closed"));
}

TEST_CASE("rpc: a peer that speaks something else is cut off, others are served") {
  Fixture f;
  const std::string garbage = GENERATE(as<std::string>(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                                       "\x16\x03\x01\x02\x00\x01", std::string(100'000, '\0'));
  const base::UniqueFd stranger = *sys::ConnectUnix(f.path);
  CHECK(*sys::WriteSome(stranger.get(), garbage.data(), garbage.size()) > 0);
  f.Turn();
  CHECK_THAT(f.Ask("/test.Service/Echo", "x"), IsOk());
}

TEST_CASE("rpc: a call without a request is refused") {
  Fixture f;
  Connection connection(
      *f.loop, NewPlainTransport(*sys::ConnectUnix(f.path)), Connection::Role::kClient, {},
      [](std::string_view, Stream&) { return nullptr; }, [](const absl::Status&) {});
  struct Silent : Call {
    explicit Silent(std::optional<absl::Status>& end) : end_(end) {}
    void OnMessage(std::string /*message*/) override {}
    void OnEnd(const absl::Status& status) override { end_ = status; }
    std::optional<absl::Status>& end_;
  };
  std::optional<absl::Status> end;
  connection.Open("/test.Service/Echo", {}, [&](Stream& stream) {
    stream.CloseSending();
    return std::make_unique<Silent>(end);
  });
  f.Turn();
  CHECK_THAT(end.value_or(StillOpen()), StatusIs(absl::StatusCode::kInvalidArgument, "no request"));
}

TEST_CASE("rpc: a call gets the metadata that was sent with it, up to a limit") {
  Fixture f;
  f.client->SetMetadata({{"talos-role", "os:reader"}, {"node", "a"}, {"node", "b"}});
  CHECK(f.Ask("/test.Service/Headers", "").value_or("") == "talos-role=os:reader;node=a;node=b;");
  f.client->SetMetadata({{"long", std::string(60'000, 'x')}, {"longer", std::string(6000, 'x')}});
  CHECK_THAT(f.Ask("/test.Service/Headers", ""),
             StatusIs(absl::StatusCode::kResourceExhausted, "metadata of more than 65536 bytes"));
}

TEST_CASE("rpc: a call on a unix socket knows the process that makes it") {
  Fixture f;
  CHECK(f.Ask("/test.Service/Peer", "").value_or("") == std::format("{} {}", getpid(), getuid()));
}

TEST_CASE("rpc: paths that nobody registered go to the fallback") {
  Fixture f;
  f.server->HandleRest([](std::string_view path, Stream& stream) {
    return UnaryCall(stream, [path = std::string(path)](std::string_view) { return path; });
  });
  CHECK(f.Ask("/any.Service/Method", "").value_or("") == "/any.Service/Method");
  CHECK(f.Ask("/test.Service/Echo", "x").value_or("") == "x");
}

TEST_CASE("rpc: a client that cancels hears nothing more, and the server's call is destroyed") {
  Fixture f;
  struct Impatient : Call {
    Impatient(Stream& stream, int& heard) : stream(stream), heard(heard) {}
    void OnMessage(std::string /*message*/) override {
      ++heard;
      stream.Cancel();
    }
    void OnEnd(const absl::Status& /*status*/) override { ++heard; }
    Stream& stream;
    int& heard;
  };
  int heard = 0;
  f.client->Open("/test.Service/Count", {}, [&](Stream& stream) {
    stream.Send("1000000000");
    return std::make_unique<Impatient>(stream, heard);
  });
  f.Turn();
  CHECK(heard == 1);
  CHECK(f.calls_alive == 0);
}

TEST_CASE("rpc: a reader that holds back gets no more than the window, and all of it later") {
  Fixture f;
  struct Slow : Call {
    Slow(Stream& stream, size_t& bytes, bool& ended) : bytes(bytes), ended(ended) {
      stream.UseBytes();
      stream.HoldReading();
    }
    void OnMessage(std::string /*message*/) override {}
    void OnBytes(std::string_view data) override { bytes += data.size(); }
    void OnEnd(const absl::Status& status) override { ended = status.ok(); }
    size_t& bytes;
    bool& ended;
  };
  size_t bytes = 0;
  bool ended = false;
  Stream* held = nullptr;
  f.client->Open("/test.Service/Count", {}, [&](Stream& stream) {
    held = &stream;
    stream.Send("5000");
    stream.CloseSending();
    return std::make_unique<Slow>(stream, bytes, ended);
  });
  f.Turn();
  CHECK(bytes <= 1 << 20);
  CHECK_FALSE(ended);
  for (int turn = 0; turn < 1000 && !ended; ++turn) {
    held->ResumeReading();
    held->HoldReading();
    f.Turn();
  }
  CHECK(ended);
  CHECK(bytes == 5000 * 1005);
}

}  // namespace ichor::rpc
