// Where the kubelet fetches its static pods.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "lib/base/unique_fd.h"
#include "lib/runtime/loop.h"
#include "lib/sys/message_stream.h"

namespace ichor {

// Answers every HTTP request on a port of 127.0.0.1 with one text, and closes. Loop's thread only.
class StaticPodServer {
 public:
  // `loop` must outlive it.
  explicit StaticPodServer(Loop& loop) : loop_(loop) {}
  ~StaticPodServer();
  StaticPodServer(const StaticPodServer&) = delete;
  StaticPodServer& operator=(const StaticPodServer&) = delete;

  // Listens on `port`, or on one that the kernel chooses if that is 0 or taken.
  absl::Status Listen(std::uint16_t port);
  // The port; nothing while it does not listen.
  std::optional<std::uint16_t> port() const;

  // The text; before the first one, answers are status 500.
  void SetText(std::string text) { text_ = std::move(text); }

 private:
  struct Connection {
    base::UniqueFd fd;
    std::string received;
    std::string answer;  // what is left of it
  };

  void Accept(base::UniqueFd fd);
  void OnReady(int fd);
  bool Receive(Connection& connection) const;
  static bool Send(Connection& connection);
  void Close(int fd);

  Loop& loop_;
  std::optional<std::string> text_;
  std::map<int, Connection> connections_;  // by descriptor
  std::unique_ptr<sys::StreamListener> listener_;
};

}  // namespace ichor
