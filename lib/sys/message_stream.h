// TCP connections that carry messages, each behind its length in two bytes (RFC 1035
// section 4.2.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/base/unique_fd.h"
#include "lib/sys/poller.h"

namespace ichor::sys {

// Loop's thread only. Closes when it is destroyed; then nothing is called any more.
class MessageStream {
 public:
  static constexpr std::size_t kMostUnsent = 256 << 10;  // bytes; a peer that does not read ends it

  // Both may destroy the stream.
  struct Events {
    std::function<void(std::string_view message)> on_message;
    // The connection did not come about, or ended: once.
    std::function<void()> on_end;
  };

  // A connection to "10.0.0.1:53" or "[fd00::1]:53" that is being made; messages may be sent at
  // once. `poller`, the loop's, must outlive it. InvalidArgument for another text.
  static absl::StatusOr<std::unique_ptr<MessageStream>> Connect(Poller& poller,
                                                                const std::string& address,
                                                                Events events);
  // The same over a connection that was accepted.
  static absl::StatusOr<std::unique_ptr<MessageStream>> Over(Poller& poller, base::UniqueFd fd,
                                                             Events events);
  ~MessageStream();
  MessageStream(const MessageStream&) = delete;
  MessageStream& operator=(const MessageStream&) = delete;

  // Sends a message of at most 65,535 bytes, now or when the peer takes it; a longer one is
  // dropped.
  void Send(std::string_view message);

 private:
  MessageStream(Poller& poller, base::UniqueFd fd, Events events);
  absl::Status Watch();
  void OnReady(std::uint32_t ready);
  bool Read();
  bool Deliver();
  bool Write();
  void Expect();

  Poller& poller_;
  const base::UniqueFd fd_;
  const Events events_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::string received_;
  std::string unsent_;
};

// Accepts connections. Loop's thread only.
class StreamListener {
 public:
  using OnConnection = std::function<void(base::UniqueFd connection)>;

  // `address` as ListenTcp takes it.
  static absl::StatusOr<std::unique_ptr<StreamListener>> Listen(Poller& poller,
                                                                const std::string& address,
                                                                OnConnection on_connection);
  ~StreamListener();
  StreamListener(const StreamListener&) = delete;
  StreamListener& operator=(const StreamListener&) = delete;

  // The port that it has.
  absl::StatusOr<std::uint16_t> port() const;

 private:
  StreamListener(Poller& poller, base::UniqueFd fd, OnConnection on_connection);
  void Accept();

  Poller& poller_;
  const base::UniqueFd fd_;
  const OnConnection on_connection_;
};

}  // namespace ichor::sys
