#include "ichorctl/control/tracker.h"

#include <format>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "ichorctl/control/progress.h"
#include "ichorctl/control/tracked_node.h"
#include "ichorctl/look/event_text.h"
#include "ichorctl/look/format.h"
#include "lib/base/status.h"
#include "lib/runtime/loop.h"

namespace ichor::ctl {
namespace {

constexpr std::chrono::seconds kPatience{60};    // for the order itself
constexpr std::chrono::milliseconds kTurn{125};  // between looks at events
constexpr std::chrono::milliseconds kBetweenAttempts{1000};

// A node on its way to the goal.
class Way {
 public:
  Way(Session& session, const Access& access, const Order& order, std::string name,
      Progress& progress)
      : session_(session),
        order_(order),
        node_(session, access, std::move(name)),
        progress_(progress) {}

  // Gives the order.
  void Begin();
  // There is no order, but a boot that does not count; empty if each does.
  void BeginWaiting(const std::string& old_boot);
  void GoOn();
  void GiveUp();
  bool over() const { return result_.has_value(); }
  absl::Status result() const { return result_.value_or(absl::UnknownError("not over")); }
  const std::string& name() const { return node_.name(); }

 private:
  absl::Status GiveOrder();
  void End(const absl::Status& status, const std::string& step);
  void Look(const machine::Event& event);
  void LookAtStatus(const machine::MachineStatusEvent& status);
  void CheckGoal();
  void CheckBootstrap();
  bool HasStartedAgain();
  bool IsAnotherBoot(const std::optional<std::string>& boot_id) const;
  void ListenAgain();
  bool AnswersInMaintenance();

  Session& session_;
  const Order& order_;
  TrackedNode node_;
  Progress& progress_;
  std::string actor_;
  std::optional<std::string> boot_id_;
  bool at_goal_ = false;     // by the last word of the node, which may be of another boot
  bool wants_etcd_ = false;  // it runs, and is ready but for etcd
  std::string unmet_;        // why it is not ready, by that word
  std::set<std::string, std::less<>> shown_;  // ids of events; a new stream repeats old ones
  base::MonotonicTime next_attempt_{};        // to listen
  base::MonotonicTime next_check_{};          // which boot it is
  std::optional<absl::Status> result_;
};

void Way::End(const absl::Status& status, const std::string& step) {
  result_ = status;
  progress_.End(name(), status.ok() ? step : std::string(status.message()), status.ok());
}

absl::Status Way::GiveOrder() {
  if (order_.wait) {
    if (order_.debug) {
      node_.ShowKernelLog();
    }
    RETURN_IF_ERROR(node_.Listen(false));
    node_.TakeEvents();
    ASSIGN_OR_RETURN(boot_id_, node_.BootId());
  }
  ASSIGN_OR_RETURN(const std::string bytes, node_.Call(order_.method, order_.request, kPatience));
  machine::RebootResponse reply;  // those of shutdown and reset have the same fields
  if (reply.ParseFromString(bytes) && reply.messages_size() > 0) {
    actor_ = reply.messages(0).actor_id();
  }
  return absl::OkStatus();
}

void Way::Begin() {
  if (const absl::Status status = GiveOrder(); !status.ok()) {
    End(status, "");
  } else if (!order_.wait) {
    result_ = absl::OkStatus();
  } else {
    progress_.Say(name(), "the node has taken the order");
  }
}

void Way::BeginWaiting(const std::string& old_boot) {
  boot_id_ = old_boot.empty() ? std::nullopt : std::optional(old_boot);
}

// "time: time is not synced, network: waiting on: address"
std::string UnmetOf(const machine::MachineStatusEvent& status) {
  std::string text;
  for (const auto& condition : status.status().unmet_conditions()) {
    text += std::format("{}{}: {}", text.empty() ? "" : ", ", Visible(condition.name()),
                        Visible(condition.reason()));
  }
  return text;
}

// Whether etcd is all that it lacks, beside what comes with it.
bool WantsEtcdFirst(const machine::MachineStatusEvent& status) {
  bool wants = false;
  for (const auto& condition : status.status().unmet_conditions()) {
    if (condition.name() == "services" && condition.reason() == "etcd not running") {
      wants = true;
    } else if (condition.name() != "nodeReady" && condition.name() != "staticPods") {
      return false;
    }
  }
  return wants;
}

void Way::LookAtStatus(const machine::MachineStatusEvent& status) {
  using Event = machine::MachineStatusEvent;
  unmet_ = UnmetOf(status);
  wants_etcd_ =
      order_.goal != Goal::kStopped && status.stage() == Event::RUNNING && WantsEtcdFirst(status);
  at_goal_ = order_.goal != Goal::kStopped &&
             ((status.stage() == Event::RUNNING && status.status().ready()) ||
              (status.stage() == Event::MAINTENANCE && order_.goal == Goal::kRestarted));
}

void Way::Look(const machine::Event& event) {
  const std::optional<EventText> text = TextOf(event);
  if (!text) {
    return;
  }
  const bool is_new = event.id().empty() || shown_.insert(event.id()).second;
  if (is_new && (event.actor_id() == actor_ || event.actor_id().empty() || actor_.empty())) {
    progress_.Say(name(), std::format("{} {}", Visible(text->source), Visible(text->message)));
  }
  machine::MachineStatusEvent status;
  machine::TaskEvent task;
  if (event.data().type_url() == "talos/runtime/machine.MachineStatusEvent" &&
      status.ParseFromString(event.data().value())) {
    LookAtStatus(status);
  } else if (order_.goal == Goal::kStopped &&
             event.data().type_url() == "talos/runtime/machine.TaskEvent" &&
             task.ParseFromString(event.data().value()) && task.task() == "stopAllServices") {
    at_goal_ = true;
  }
}

// The event alone does not say which boot it is of.
void Way::CheckGoal() {
  if (order_.goal == Goal::kStopped) {
    return End(absl::OkStatus(), "stopped");
  }
  if (session_.clock.Monotonic() < next_check_) {
    return;
  }
  next_check_ = session_.clock.Monotonic() + kBetweenAttempts;
  if (!boot_id_) {
    return End(absl::OkStatus(), "running and ready");
  }
  if (HasStartedAgain()) {
    End(absl::OkStatus(), "started again and ready");
  }
}

// A new cluster's node, or one that lost its data, waits for a person's word, which must not be
// waited for here.
void Way::CheckBootstrap() {
  if (session_.clock.Monotonic() < next_check_) {
    return;
  }
  next_check_ = session_.clock.Monotonic() + kBetweenAttempts;
  const auto bytes = node_.Call("/machine.MachineService/ServiceList", "", kPatience);
  machine::ServiceListResponse reply;
  if (!bytes.ok() || !reply.ParseFromString(*bytes) || reply.messages().empty()) {
    return;
  }
  for (const machine::ServiceInfo& service : reply.messages(0).services()) {
    const auto& events = service.events().events();
    if (service.id() == "etcd" && !events.empty() &&
        events.rbegin()->msg().starts_with("waits for bootstrap") && HasStartedAgain()) {
      End(absl::OkStatus(), "running; etcd " + Visible(events.rbegin()->msg()));
    }
  }
}

// Where another boot is not waited for, it has.
bool Way::HasStartedAgain() {
  if (!boot_id_) {
    return true;
  }
  const absl::StatusOr<std::optional<std::string>> now = node_.BootId();
  return now.ok() && IsAnotherBoot(*now);
}

// As far as we may know.
bool Way::IsAnotherBoot(const std::optional<std::string>& boot_id) const {
  return !boot_id_ || !boot_id || *boot_id != *boot_id_;
}

// After a reset the node knows our certificate no more.
bool Way::AnswersInMaintenance() {
  Access access{.insecure = true, .endpoints = {name()}, .nodes = {name()}};
  access.tls.trust = rpc::TlsTrust::kAnybody;
  TrackedNode stranger(session_, access, name());
  return stranger.Call("/machine.MachineService/Version", "", std::chrono::seconds(5)).ok();
}

void Way::ListenAgain() {
  if (session_.clock.Monotonic() < next_attempt_) {
    return;
  }
  const absl::Status status = node_.Listen(true);
  next_attempt_ = session_.clock.Monotonic() + kBetweenAttempts;
  if (status.ok()) {
    at_goal_ = false;  // it says anew where it stands
    wants_etcd_ = false;
    next_check_ = {};
    return;
  }
  if (order_.goal == Goal::kStopped) {
    End(absl::OkStatus(), "stopped: it does not answer any more");
  } else if (order_.goal == Goal::kRestarted && AnswersInMaintenance()) {
    End(absl::OkStatus(), "started again, in maintenance mode");
  } else {
    progress_.Say(name(), "waiting for the node to answer");
  }
}

void Way::GoOn() {
  const std::vector<machine::Event> events = node_.TakeEvents();
  for (const machine::Event& event : events) {
    Look(event);
  }
  const bool heard = node_.listening() || !events.empty();
  if (at_goal_ && heard) {
    CheckGoal();
  } else if (wants_etcd_ && heard) {
    CheckBootstrap();
  } else if (!node_.listening()) {
    ListenAgain();
  }
}

void Way::GiveUp() {
  End(absl::DeadlineExceededError(std::format("not done after {}{}{}", Rounded(order_.timeout),
                                              unmet_.empty() ? "" : ": it is not ready, ", unmet_)),
      "");
}

using Ways = std::vector<std::unique_ptr<Way>>;

void Wait(Session& session, const Ways& ways, const Order& order) {
  const base::MonotonicTime deadline = session.clock.Monotonic() + order.timeout;
  Loop& loop = *session.loop;
  for (bool going = true; going;) {
    going = false;
    for (const std::unique_ptr<Way>& way : ways) {
      if (!way->over() && session.clock.Monotonic() >= deadline) {
        way->GiveUp();
      } else if (!way->over()) {
        way->GoOn();
      }
      going = going || !way->over();
    }
    if (going) {
      const Loop::TimerId timer =
          loop.RunAt(session.clock.Monotonic() + kTurn, [&loop] { loop.Stop(); });
      loop.Run();
      loop.Cancel(timer);
    }
  }
}

absl::Status ResultOf(const Ways& ways) {
  absl::Status failed;
  std::vector<std::string> lines;
  for (const std::unique_ptr<Way>& way : ways) {
    if (!way->result().ok()) {
      failed.Update(way->result());
      lines.push_back(std::format("{}: {}", way->name(), base::MessageOf(way->result())));
    }
  }
  return failed.ok() ? failed : absl::Status(failed.code(), absl::StrJoin(lines, "\n"));
}

}  // namespace

absl::Status Carry(Session& session, const NodeFlags& flags, const Order& order) {
  ASSIGN_OR_RETURN(const Access access, AccessOf(session, flags));
  Progress progress(session, access.nodes, session.err_is_terminal && !order.plain && !order.debug);
  Ways ways;
  ways.reserve(access.nodes.size());
  for (const std::string& name : access.nodes) {
    ways.push_back(std::make_unique<Way>(session, access, order, name, progress));
    ways.back()->Begin();
  }
  Wait(session, ways, order);
  return ResultOf(ways);
}

absl::Status AwaitReady(Session& session, const Access& access, const OldBoots& old_boots,
                        std::chrono::seconds timeout) {
  const Order order{.method = {}, .request = {}, .goal = Goal::kReady, .timeout = timeout};
  Progress progress(session, access.nodes, session.err_is_terminal);
  Ways ways;
  ways.reserve(access.nodes.size());
  for (const std::string& name : access.nodes) {
    const auto old = old_boots.find(name);
    ways.push_back(std::make_unique<Way>(session, access, order, name, progress));
    ways.back()->BeginWaiting(old == old_boots.end() ? "" : old->second);
  }
  Wait(session, ways, order);
  return ResultOf(ways);
}

}  // namespace ichor::ctl
