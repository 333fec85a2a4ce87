#include "networkd/resolver/forwarder.h"

#include <algorithm>
#include <format>
#include <optional>
#include <set>
#include <utility>

#include "lib/base/status.h"
#include "lib/resource/address_text.h"

namespace ichor::networkd {
namespace {

constexpr std::uint16_t kDnsPort = 53;

// Whether another server may know better.
bool IsEvasive(DnsCode code) {
  return code != DnsCode::kOk && code != DnsCode::kNoName;
}

}  // namespace

struct Forwarder::Question {
  DnsQuery query;
  OnAnswer on_answer;
  std::vector<std::string> servers;  // still to be asked, the next one last
  std::string asked;                 // the one asked last
  std::vector<std::unique_ptr<sys::UdpSocket>> sockets;
  std::vector<std::unique_ptr<sys::MessageStream>> streams;
  std::map<std::string, std::uint16_t> ids;  // by server
  std::set<std::string> by_tcp;              // servers asked so
  std::optional<Answer> evasive;
  std::size_t open = 0;  // servers that have not answered yet
  base::MonotonicTime deadline;
  std::optional<Loop::TimerId> timer;
};

Forwarder::Forwarder(Environment environment) : environment_(std::move(environment)) {}

Forwarder::~Forwarder() {
  for (const auto& [id, question] : questions_) {
    StopTimer(*question);
  }
}

void Forwarder::SetServers(const std::vector<std::string>& addresses) {
  servers_ = addresses;
  std::erase_if(silent_,
                [&](const auto& server) { return !std::ranges::contains(servers_, server); });
}

void Forwarder::Ask(const DnsQuery& query, OnAnswer on_answer) {
  const std::uint64_t id = next_id_++;
  auto question = std::make_unique<Question>();
  question->query = query;
  question->on_answer = std::move(on_answer);
  question->servers = servers_;
  std::ranges::stable_partition(question->servers,
                                [this](const auto& server) { return IsHealthy(server); });
  std::ranges::reverse(question->servers);
  question->deadline = environment_.clock.Monotonic() + kWholeTime;
  const bool full = questions_.size() >= kMostQuestions;
  questions_[id] = std::move(question);
  // Never from within the call: who asks need not be ready for the answer.
  environment_.loop.Post([self = std::weak_ptr(self_), id, full] {
    const auto alive = self.lock();
    if (alive == nullptr) return;
    if (full) {
      (*alive)->Finish(id, absl::UnavailableError("too many questions are open"));
    } else {
      (*alive)->TryNext(id);
    }
  });
}

void Forwarder::StopTimer(Question& question) {
  if (const auto timer = std::exchange(question.timer, std::nullopt)) {
    environment_.loop.Cancel(*timer);
  }
}

void Forwarder::TryNext(std::uint64_t id) {
  const auto found = questions_.find(id);
  if (found == questions_.end()) return;
  Question& question = *found->second;
  StopTimer(question);
  bool sent = false;
  while (!question.servers.empty() && !sent) {
    const std::string server = question.servers.back();
    question.servers.pop_back();
    const sys::UdpEndpoint peer{.address = server, .port = kDnsPort};
    auto socket = environment_.udp.Connect(
        peer, [this, id, server](const sys::UdpEndpoint&, std::string_view bytes) {
          OnReply(id, server, bytes);
        });
    if (!socket.ok()) continue;
    DnsQuery query = question.query;
    query.id = static_cast<std::uint16_t>(environment_.random());
    query.recursion = true;
    if (!(*socket)->Send(peer, EncodeDnsQuery(query)).ok()) continue;
    question.ids[server] = query.id;
    question.asked = server;
    question.sockets.push_back(*std::move(socket));
    ++question.open;
    sent = true;
  }
  if (!sent && question.open == 0) {
    if (question.evasive.has_value()) {
      Finish(id, *std::move(question.evasive));
    } else {
      Finish(id, absl::UnavailableError("no name server can be reached"));
    }
    return;
  }
  const base::MonotonicTime next = environment_.clock.Monotonic() + kOneServer;
  question.timer = environment_.loop.RunAt(
      question.servers.empty() ? question.deadline : std::min(next, question.deadline),
      [self = std::weak_ptr(self_), id] {
        if (const auto alive = self.lock()) (*alive)->OnTime(id);
      });
}

void Forwarder::OnTime(std::uint64_t id) {
  const auto found = questions_.find(id);
  if (found == questions_.end()) return;
  Question& question = *found->second;
  question.timer.reset();
  for (const auto& [server, unused] : question.ids)
    SetHealthy(server, false);
  if (environment_.clock.Monotonic() < question.deadline) {
    TryNext(id);
  } else if (question.evasive.has_value()) {
    Finish(id, *std::move(question.evasive));
  } else {
    Finish(id, absl::UnavailableError("no name server answers"));
  }
}

void Forwarder::OnReply(std::uint64_t id, const std::string& server, std::string_view bytes) {
  const auto found = questions_.find(id);
  if (found == questions_.end()) return;
  Question& question = *found->second;
  absl::StatusOr<DnsReply> reply = ParseDnsReply(bytes);
  const auto expected = question.ids.find(server);
  if (!reply.ok() || expected == question.ids.end() || reply->id != expected->second ||
      reply->question != question.query.question) {
    return;  // not to this question: the answer may yet come
  }
  if (reply->truncated && AskOverTcp(id, server)) return;
  question.ids.erase(expected);
  --question.open;
  SetHealthy(server, true);
  Answer answer{.bytes = std::string(bytes), .reply = *std::move(reply)};
  if (!IsEvasive(answer.reply.code)) {
    Finish(id, std::move(answer));
    return;
  }
  question.evasive = std::move(answer);
  if (!question.servers.empty() || question.open == 0) TryNext(id);
}

// The same question, since its answer did not fit. False if that is no way.
bool Forwarder::AskOverTcp(std::uint64_t id, const std::string& server) {
  Question& question = *questions_.at(id);
  common::NetIPPort endpoint;
  endpoint.set_ip(server);
  endpoint.set_port(kDnsPort);
  if (!question.by_tcp.insert(server).second) return false;
  auto stream = environment_.connect(
      ToText(endpoint),
      {.on_message = [this, id, server](std::string_view bytes) { OnReply(id, server, bytes); },
       .on_end = [] {}});  // the question's time is over at some point
  if (!stream.ok()) return false;
  DnsQuery query = question.query;
  query.id = question.ids.at(server);
  query.recursion = true;
  (*stream)->Send(EncodeDnsQuery(query));
  question.streams.push_back(*std::move(stream));
  return true;
}

void Forwarder::Finish(std::uint64_t id, absl::StatusOr<Answer> answer) {
  const auto node = questions_.extract(id);
  Question& question = *node.mapped();
  StopTimer(question);
  question.on_answer(std::move(answer));
}

void Forwarder::SetHealthy(const std::string& server, bool healthy) {
  const bool before = IsHealthy(server);
  if (healthy) {
    silent_.erase(server);
  } else if (std::ranges::contains(servers_, server)) {
    silent_.insert(server);
  }
  if (before != IsHealthy(server)) environment_.on_health();
}

}  // namespace ichor::networkd
