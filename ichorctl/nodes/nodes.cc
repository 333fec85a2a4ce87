#include "ichorctl/nodes/nodes.h"

#include <format>
#include <utility>

#include "absl/strings/str_join.h"
#include "ichorctl/nodes/explain.h"
#include "lib/base/status.h"
#include "lib/runtime/loop.h"

namespace ichor::ctl {
namespace {

// Calls under way: the loop runs until all of them are over.
struct Round {
  Loop& loop;
  size_t open = 0;
  std::vector<absl::Status> results;

  void End(size_t index, const absl::Status& status) {
    results[index] = status;
    if (--open == 0) {
      loop.Stop();
    }
  }
};

// How much is sent ahead of what the node takes.
constexpr size_t kAheadBytes = 256 << 10;

// One message, then nothing.
Nodes::Source Once(std::string message) {
  return [message = std::move(message), sent = false]() mutable -> absl::StatusOr<std::string> {
    return std::exchange(sent, true) ? std::string() : message;
  };
}

class NodeCall : public rpc::Call {
 public:
  NodeCall(rpc::Stream& stream, Round& round, size_t index,
           std::function<absl::Status(const std::string&)> take, Nodes::Source next)
      : stream_(stream),
        round_(round),
        index_(index),
        take_(std::move(take)),
        next_(std::move(next)) {}

  void OnWritable() override {
    while (!over_ && !sent_ && stream_.buffered_bytes() < kAheadBytes) {
      SendNext();
    }
  }

  void OnMessage(std::string message) override {
    if (over_) {
      return;
    }
    if (const absl::Status status = take_(message); !status.ok()) {
      BreakOff(status);
    }
  }

  void OnEnd(const absl::Status& status) override {
    if (!std::exchange(over_, true)) {
      round_.End(index_, status);
    }
  }

 private:
  void SendNext() {
    const absl::StatusOr<std::string> message = next_();
    if (!message.ok()) {
      BreakOff(message.status());
    } else if (message->empty() && began_) {
      sent_ = true;
      stream_.CloseSending();
    } else {
      began_ = true;  // an empty message may be a request
      stream_.Send(*message);
    }
  }

  void BreakOff(const absl::Status& status) {
    over_ = true;
    stream_.Cancel();
    round_.End(index_, status);
  }

  rpc::Stream& stream_;
  Round& round_;
  const size_t index_;
  const std::function<absl::Status(const std::string&)> take_;
  Nodes::Source next_;
  bool began_ = false;
  bool sent_ = false;
  bool over_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Nodes>> Nodes::Open(Session& session, const NodeFlags& flags) {
  ASSIGN_OR_RETURN(Access access, AccessOf(session, flags));
  if (const std::string warning = WarningOfEnd(access, session.clock.Now()); !warning.empty()) {
    Warn(session, warning);
  }
  std::unique_ptr<Nodes> nodes(new Nodes(session, std::move(access)));
  RETURN_IF_ERROR(nodes->ConnectTargets());
  return nodes;
}

absl::Status Nodes::ConnectTargets() {
  if (!access_.insecure) {
    ASSIGN_OR_RETURN(shared_, ConnectToOne(session_, access_, access_.endpoints));
  }
  for (const std::string& name : access_.nodes) {
    Target& target = targets_.emplace_back();
    target.name = name;
    if (access_.insecure) {
      absl::StatusOr<Connected> connected = ConnectToOne(session_, access_, {name});
      target.broken = connected.status();
      target.connected = connected.ok() ? *std::move(connected) : Connected();
    }
  }
  return absl::OkStatus();
}

std::vector<std::string> Nodes::names() const {
  return access_.nodes;
}

absl::Status Nodes::CheckOne(std::string_view command) const {
  if (targets_.size() == 1) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      std::format("command \"{}\" requires exactly one node (got {})", command, targets_.size()));
}

rpc::Client* Nodes::ClientOf(const Target& target) const {
  return access_.insecure ? target.connected.client.get() : shared_.client.get();
}

absl::Status Nodes::Explain(const Target& target, const std::string& method,
                            const absl::Status& status) const {
  const rpc::Client* const client = ClientOf(target);
  if (absl::IsUnavailable(status) && client != nullptr && client->problem() != nullptr) {
    const std::string& endpoint = access_.insecure ? target.connected.endpoint : shared_.endpoint;
    return absl::UnavailableError(
        ExplainConnection(access_, endpoint, status, client->problem(), session_.clock.Now()));
  }
  return ExplainCall(access_, method, status);
}

std::vector<absl::Status> Nodes::Call(const std::vector<const Target*>& targets,
                                      const std::string& method, const Source& next,
                                      const Take& take) {
  Round round{.loop = *session_.loop,
              .open = targets.size(),
              .results = std::vector<absl::Status>(targets.size())};
  for (size_t i = 0; i < targets.size(); ++i) {
    const Target& target = *targets[i];
    rpc::Client* const client = ClientOf(target);
    if (client == nullptr) {
      round.End(i, target.broken);
      continue;
    }
    client->Open(method, MetadataOf(access_, target.name), [&](rpc::Stream& stream) {
      auto call = std::make_unique<NodeCall>(
          stream, round, i,
          [&target, &take](const std::string& reply) { return take(target.name, reply); }, next);
      call->OnWritable();
      return call;
    });
  }
  while (round.open > 0) {
    session_.loop->Run();
  }
  session_.loop->RunReady();  // lets go of calls that were broken off
  for (size_t i = 0; i < targets.size(); ++i) {
    round.results[i] = Explain(*targets[i], method, round.results[i]);
  }
  return std::move(round.results);
}

std::vector<const Nodes::Target*> Nodes::All() const {
  std::vector<const Target*> targets;
  targets.reserve(targets_.size());
  for (const Target& target : targets_) {
    targets.push_back(&target);
  }
  return targets;
}

absl::Status Nodes::Merge(const std::vector<const Target*>& targets,
                          const std::vector<absl::Status>& results) const {
  absl::Status first;
  std::vector<std::string> lines;
  for (size_t i = 0; i < results.size(); ++i) {
    if (!results[i].ok()) {
      first = first.ok() ? results[i] : first;
      lines.push_back(std::format("{}: {}", targets[i]->name, base::MessageOf(results[i])));
    }
  }
  if (!first.ok() && shared_.client != nullptr && shared_.client->problem() != nullptr) {
    return first;
  }
  return first.ok() ? first : absl::Status(first.code(), absl::StrJoin(lines, "\n"));
}

absl::Status Nodes::CallAll(const std::string& method, const google::protobuf::Message& request,
                            const Take& take) {
  return Upload(method, Once(request.SerializeAsString()), take);
}

absl::Status Nodes::Upload(const std::string& method, const Source& next, const Take& take) {
  const std::vector<const Target*> targets = All();
  return Merge(targets, Call(targets, method, next, take));
}

absl::Status Nodes::CallOne(const std::string& node, const std::string& method,
                            const google::protobuf::Message& request, const Take& take) {
  for (const Target& target : targets_) {
    if (target.name == node) {
      return Call({&target}, method, Once(request.SerializeAsString()), take).front();
    }
  }
  return absl::NotFoundError(std::format("{}: no such node", node));
}

}  // namespace ichor::ctl
