#include "qemu-tests/http_server.h"

#include <sstream>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "lib/base/status.h"
#include "lib/sys/file.h"

namespace ichor::qemu {
namespace {

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
  ASSIGN_OR_RETURN(const std::uint16_t port, PortOf(child, log, " port "));
  return HttpServer(std::move(child), std::move(log), port);
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
