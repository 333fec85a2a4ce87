// Asks name servers, one after the other, until one of them answers.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/sys/message_stream.h"
#include "lib/sys/udp.h"
#include "networkd/resolver/message.h"

namespace ichor::networkd {

// Loop's thread only.
class Forwarder {
 public:
  static constexpr std::chrono::milliseconds kWholeTime{4500};  // of a question
  static constexpr std::chrono::milliseconds kOneServer{1500};  // before the next one is asked too
  static constexpr std::size_t kMostQuestions = 256;            // at once

  // A TCP connection to a server, for answers that no datagram has room for. See MessageStream.
  using Connect = std::function<absl::StatusOr<std::unique_ptr<sys::MessageStream>>(
      const std::string& address, sys::MessageStream::Events events)>;

  struct Environment {
    Loop& loop;
    const base::Clock& clock;
    sys::Udp& udp;
    // A fresh number each time.
    std::function<std::uint32_t()> random;
    Connect connect;
    // A server began to answer, or to be silent.
    std::function<void()> on_health;
  };
  struct Answer {
    std::string bytes;
    DnsReply reply;
  };
  using OnAnswer = std::function<void(absl::StatusOr<Answer> answer)>;

  // All of `environment` must outlive it. Questions that are open when it goes are never answered.
  explicit Forwarder(Environment environment);
  ~Forwarder();

  // The addresses of the servers, in the order of asking. Open questions go on with the old ones.
  void SetServers(const std::vector<std::string>& addresses);

  // Asks what `query` asks: each server over a socket and with an id of its own, so that nobody
  // else can answer. Calls `on_answer` once, later: the first answer that is one, or, if no server
  // has any, the last that said so. Unavailable if there is none in time, no server, or too many
  // questions are open.
  void Ask(const DnsQuery& query, OnAnswer on_answer);

  // Whether the server answered when it was last asked.
  bool IsHealthy(const std::string& address) const { return !silent_.contains(address); }

 private:
  struct Question;

  void StopTimer(Question& question);
  void TryNext(std::uint64_t id);
  void OnReply(std::uint64_t id, const std::string& server, std::string_view bytes);
  bool AskOverTcp(std::uint64_t id, const std::string& server);
  void Finish(std::uint64_t id, absl::StatusOr<Answer> answer);
  void OnTime(std::uint64_t id);
  void SetHealthy(const std::string& server, bool healthy);

  const Environment environment_;
  const std::shared_ptr<Forwarder*> self_ = std::make_shared<Forwarder*>(this);
  std::vector<std::string> servers_;
  std::set<std::string> silent_;
  std::map<std::uint64_t, std::unique_ptr<Question>> questions_;
  std::uint64_t next_id_ = 0;
};

}  // namespace ichor::networkd
