#include "machined/kubeprism/relay.h"

#include <sys/socket.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/tcp_socket.h"
#include "lib/sys/unix_socket.h"

namespace ichor {
namespace {

// The peer's end and ours.
std::pair<base::UniqueFd, base::UniqueFd> Pair() {
  std::array<int, 2> ends{};
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
  return {base::UniqueFd(ends[0]), base::UniqueFd(ends[1])};
}

struct Fixture {
  Fixture() {
    auto [left_peer, left] = Pair();
    auto [right_peer, right] = Pair();
    client = std::move(left_peer);
    server = std::move(right_peer);
    relay = std::make_unique<Relay>(*poller, std::move(left), std::move(right), [this] {
      ++ends;
      relay.reset();
    });
    REQUIRE_THAT(relay->Start(), base::IsOk());
  }
  void Turn() {
    for (int i = 0; i < 10; ++i) {
      poller->Wait(std::chrono::milliseconds(1));
    }
  }
  std::string Read(const base::UniqueFd& fd) const {
    std::string text(1 << 16, '\0');
    const auto size = sys::ReadSome(fd.get(), text.data(), text.size());
    if (!size.ok()) {
      return "(" + std::string(size.status().message()) + ")";
    }
    text.resize(*size);
    return *size == 0 ? "(end)" : text;
  }
  // Turns and reads until `fd` says no more.
  std::size_t ReadAll(const base::UniqueFd& fd) {
    std::size_t bytes = 0;
    std::array<char, 65536> buffer{};
    for (int silent = 0; silent < 3;) {
      const auto size = sys::ReadSome(fd.get(), buffer.data(), buffer.size());
      silent = size.ok() && *size > 0 ? 0 : silent + 1;
      bytes += size.value_or(0);
      poller->Wait(std::chrono::milliseconds(1));
    }
    return bytes;
  }
  std::size_t Write(const base::UniqueFd& fd, const std::string& text) {
    return *sys::WriteSome(fd.get(), text.data(), text.size());
  }

  std::unique_ptr<sys::Poller> poller = *sys::Poller::Create();
  base::UniqueFd client;
  base::UniqueFd server;
  int ends = 0;
  std::unique_ptr<Relay> relay;
};

}  // namespace

TEST_CASE("relay: what each side says the other hears") {
  Fixture f;
  f.Write(f.client, "question");
  f.Turn();
  CHECK(f.Read(f.server) == "question");
  f.Write(f.server, "answer");
  f.Turn();
  CHECK(f.Read(f.client) == "answer");
  CHECK(f.Read(f.server) == "(nothing to read)");
}

TEST_CASE("relay: a side that has ended still listens, and both ends are the end") {
  Fixture f;
  f.Write(f.client, "all of it");
  sys::EndSending(f.client.get());
  f.Turn();
  CHECK(f.Read(f.server) == "all of it");
  CHECK(f.Read(f.server) == "(end)");
  CHECK(f.ends == 0);
  f.Write(f.server, "late answer");
  f.Turn();
  CHECK(f.Read(f.client) == "late answer");
  sys::EndSending(f.server.get());
  f.Turn();
  CHECK(f.ends == 1);
  CHECK(f.Read(f.client) == "(end)");
}

TEST_CASE("relay: who does not listen is not spoken to without end, and misses nothing") {
  Fixture f;
  const std::string piece(1 << 16, 'x');
  std::size_t sent = 0;
  for (int silent = 0; silent < 3;) {
    const std::size_t now = f.Write(f.client, piece);
    silent = now > 0 ? 0 : silent + 1;
    sent += now;
    f.Turn();
  }
  CHECK(sent < 8 << 20);  // two sockets' worth and what waits between them
  f.Write(f.server, "the other way is free");
  f.Turn();
  CHECK(f.Read(f.client) == "the other way is free");
  sys::EndSending(f.client.get());
  CHECK(f.ReadAll(f.server) == sent);
  CHECK(f.Read(f.server) == "(end)");
}

TEST_CASE("relay: a server that is gone ends the client's connection, with what it said before") {
  Fixture f;
  f.Write(f.server, "last words");
  f.server.Reset();
  f.Turn();
  CHECK(f.Read(f.client) == "last words");
  CHECK(f.Read(f.client) == "(end)");
  f.Write(f.client, "anybody?");
  f.Turn();
  CHECK(f.ends == 1);
}

TEST_CASE("relay: a client that is gone while the server speaks ends both") {
  Fixture f;
  f.client.Reset();
  f.Turn();
  CHECK(f.Read(f.server) == "(end)");
  f.Write(f.server, "too late");
  f.Turn();
  CHECK(f.ends == 1);
}

}  // namespace ichor
