#include "machined/kubernetes/static_pod_server.h"

#include <array>
#include <format>
#include <functional>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/clock.h"
#include "lib/base/status_matchers.h"
#include "lib/sys/tcp_socket.h"
#include "lib/sys/unix_socket.h"

namespace ichor {
namespace {

struct Fixture {
  Fixture() { REQUIRE_THAT(server.Listen(0), base::IsOk()); }

  // Turns the loop until `done`.
  void Until(const std::function<bool()>& done) {
    while (!done()) {
      loop->RunAt(clock.Monotonic() + std::chrono::milliseconds(5), [this] { loop->Stop(); });
      loop->Run();
    }
  }

  // All that is answered to `request`.
  std::string Ask(const std::string& request) {
    auto fd = sys::StartConnectTcp(std::format("127.0.0.1:{}", *server.port()));
    REQUIRE_THAT(fd, base::IsOk());
    std::string answer;
    bool sent = false;
    Until([&] {
      sent = sent || sys::WriteSome(fd->get(), request.data(), request.size()).ok();
      std::array<char, 65536> buffer{};
      auto size = sys::ReadSome(fd->get(), buffer.data(), buffer.size());
      while (size.ok() && *size > 0) {
        answer.append(buffer.data(), *size);
        size = sys::ReadSome(fd->get(), buffer.data(), buffer.size());
      }
      return size.ok() || !absl::IsUnavailable(size.status());
    });
    return answer;
  }

  base::RealClock clock;
  std::unique_ptr<Loop> loop = *Loop::Create(clock);
  StaticPodServer server{*loop};
};

constexpr const char* kRequest = "GET /any/path HTTP/1.1\r\nHost: x\r\n\r\n";

}  // namespace

TEST_CASE("static pod server: who asks too early shall come again, then any path has the list") {
  Fixture f;
  CHECK(f.Ask(kRequest) ==
        "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain\r\nContent-Length: 34\r\n"
        "Connection: close\r\n\r\nthe static pods are not known yet\n");
  f.server.SetText("kind: PodList\n");
  CHECK(f.Ask(kRequest) ==
        "HTTP/1.1 200 OK\r\nContent-Type: application/yaml\r\nContent-Length: 14\r\n"
        "Connection: close\r\n\r\nkind: PodList\n");
  const std::string large(3 << 20, 'x');
  f.server.SetText(large);
  CHECK(f.Ask(kRequest).ends_with(large));
}

TEST_CASE("static pod server: a port that is taken is another one then") {
  Fixture f;
  const std::uint16_t taken = *f.server.port();
  StaticPodServer other(*f.loop);
  REQUIRE_THAT(other.Listen(taken), base::IsOk());
  CHECK(other.port().has_value());
  CHECK(*other.port() != taken);
}

TEST_CASE("static pod server: a request without an end is not read for ever") {
  Fixture f;
  f.server.SetText("x");
  CHECK(f.Ask(std::string(20000, 'a')).empty());
}

}  // namespace ichor
