#include "machined/containers/container_logs.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <format>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_runtime.h"

namespace ichor {

TEST_CASE("container logs: each message is of one container, what is no message is dropped") {
  TestRuntime t;
  const std::string path = std::format("/tmp/ichor-logs-{}", getpid());
  std::string heard;
  const auto logs =
      ContainerLogs::Create(*t.loop, path, [&](std::string_view id, std::string_view bytes) {
        heard += std::format("{}={};", id, bytes);
      });
  REQUIRE_THAT(logs, base::IsOk());
  const base::UniqueFd fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  using std::string_view_literals::operator""sv;
  for (const std::string_view message :
       {"etcd\0one\n"sv, "no message"sv, "\0x"sv, "kubelet\0two"sv}) {
    REQUIRE(sendto(fd.get(), message.data(), message.size(), 0,
                   reinterpret_cast<const sockaddr*>(&address), sizeof(address)) >= 0);
  }
  t.loop->poller().Wait(std::chrono::nanoseconds(0));
  CHECK(heard == "etcd=one\n;kubelet=two;");
  unlink(path.c_str());
}

}  // namespace ichor
