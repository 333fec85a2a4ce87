#include "qemu-tests/http_server.h"

#include <poll.h>

#include <chrono>
#include <optional>
#include <sstream>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lib/base/clock.h"
#include "lib/base/status.h"
#include "lib/sys/file.h"

namespace ichor::qemu {
namespace {

constexpr std::chrono::seconds kPatience{60};
constexpr int kLookAgainMs = 50;
constexpr std::size_t kLongestLog = 1 << 20;  // bytes

// The word of `text` behind `before`, up to a space; empty without one.
std::string_view WordBehind(std::string_view text, std::string_view before) {
  const std::size_t at = text.find(before);
  if (at == std::string_view::npos) {
    return "";
  }
  const std::string_view rest = text.substr(at + before.size());
  return rest.substr(0, rest.find(' '));
}

std::string ReadLog(const std::string& path) {
  return sys::ReadFile(path, kLongestLog).value_or("");
}

}  // namespace

absl::StatusOr<HttpServer> HttpServer::Start(const std::string& directory) {
  std::string log = directory + ".log";
  ASSIGN_OR_RETURN(ChildProcess child,
                   ChildProcess::Start({"python3", "-u", "-m", "http.server", "--bind", "127.0.0.1",
                                        "--directory", directory, "0"},
                                       log));
  const base::RealClock clock;
  const base::MonotonicTime until = clock.Monotonic() + kPatience;
  pollfd ended{.fd = child.descriptor(), .events = POLLIN, .revents = 0};
  while (ended.revents == 0 && clock.Monotonic() < until) {
    std::uint32_t port = 0;
    if (absl::SimpleAtoi(std::string(WordBehind(ReadLog(log), " port ")), &port)) {
      return HttpServer(std::move(child), std::move(log), static_cast<std::uint16_t>(port));
    }
    poll(&ended, 1, kLookAgainMs);
  }
  return absl::UnavailableError(absl::StrCat("the HTTP server said: ", ReadLog(log)));
}

std::string HttpServer::UrlOf(const std::string& file) const {
  return absl::StrCat("http://10.0.2.2:", port_, "/", file);
}

std::vector<std::string> HttpServer::Requests() const {
  std::vector<std::string> requests;
  std::istringstream lines(ReadLog(log_));
  for (std::string line; std::getline(lines, line);) {
    if (const std::string_view asked = WordBehind(line, "\"GET "); !asked.empty()) {
      requests.emplace_back(asked);
    }
  }
  return requests;
}

}  // namespace ichor::qemu
