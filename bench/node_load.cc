// Load inside a guest, which guest-agent starts there: what calls cost a client on the node itself.
// It makes itself a client's certificate with the CA of the node's config, and prints a figure a
// line: its name, a space, the number. With one connection and eight calls under way:
//
//   echo-rate, version-rate          calls a second: of a plain echo over the same TLS, and of
//                                    Version through apid; they take turns, and the turn in the
//                                    middle counts, since a host does other things too
//
//   echo-p99, version-p99            what 99 % of that turn's calls took at most, in ms
//
//   rows-ms                          all of kRows rows, read at once
//
//   settled-ms                       from an apply without a reboot to the row that says it is done
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "config/legacy.pb.h"
#include "cosi/resource/state.pb.h"
#include "lib/base/clock.h"
#include "lib/base/status.h"
#include "lib/config/config.h"
#include "lib/config/patch.h"
#include "lib/pki/identity.h"
#include "lib/rpc/client.h"
#include "lib/rpc/server.h"
#include "lib/rpc/tls.h"
#include "lib/runtime/controller.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/rows.h"
#include "lib/runtime/store.h"
#include "lib/state/follower.h"
#include "lib/sys/file.h"
#include "machine/machine.pb.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor::bench {
namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr const char* kConfig = "/system/state/config.yaml";
constexpr std::size_t kLargestConfig = 4 << 20;  // bytes
constexpr const char* kApid = "127.0.0.1:50000";
constexpr const char* kEcho = "127.0.0.1:50999";
constexpr const char* kVersion = "/machine.MachineService/Version";
constexpr int kInFlight = 8;
constexpr std::chrono::seconds kWarmUp{1};
constexpr std::chrono::seconds kDuration{2};
constexpr int kTurns = 7;
constexpr std::chrono::seconds kPatience{60};
constexpr int kRows = 1000;
constexpr int kRounds = 5;

// Answers with as much as Version does.
class EchoCall : public rpc::Call {
 public:
  explicit EchoCall(rpc::Stream& stream) : stream_(stream) {}
  void OnMessage(std::string /*message*/) override {
    stream_.Send(std::string(kAnswer, 'x'));
    stream_.Finish(absl::OkStatus());
  }
  void OnEnd(const absl::Status& /*status*/) override {}

 private:
  static constexpr std::size_t kAnswer = 150;  // bytes
  rpc::Stream& stream_;
};

absl::Status ServeEcho(const pki::Identity& ca) {
  const base::RealClock clock;
  ASSIGN_OR_RETURN(const pki::Identity own, pki::NewAuthority(pki::OsAuthority(), clock.Now()));
  ASSIGN_OR_RETURN(auto context,
                   rpc::NewTlsServerContext({.certificate_pem = own.certificate.ToPem(),
                                             .key_pem = own.key.ToPem(),
                                             .client_cas_pem = ca.certificate.ToPem()}));
  ASSIGN_OR_RETURN(const std::unique_ptr<Loop> loop, Loop::Create(clock));
  ASSIGN_OR_RETURN(
      const std::unique_ptr<rpc::Server> server,
      rpc::Server::CreateTls(*loop, clock, {.address = kEcho, .context = std::move(context)}));
  server->Handle(kVersion, [](rpc::Stream& stream) { return std::make_unique<EchoCall>(stream); });
  loop->Run();
  return absl::OkStatus();
}

// A connection to a server, and the loop that it lives on.
class Session {
 public:
  static absl::StatusOr<std::unique_ptr<Session>> Open(const std::string& address,
                                                       const pki::Identity& client) {
    auto session = std::make_unique<Session>();
    ASSIGN_OR_RETURN(session->loop_, Loop::Create(session->clock_));
    ASSIGN_OR_RETURN(auto context,
                     rpc::NewTlsClientContext({.trust = rpc::TlsTrust::kAnybody,
                                               .server_name = "",
                                               .cas_pem = "",
                                               .certificate_pem = client.certificate.ToPem(),
                                               .key_pem = client.key.ToPem()}));
    ASSIGN_OR_RETURN(session->client_,
                     rpc::Client::ConnectTls(*session->loop_, address, std::move(context)));
    return session;
  }

  rpc::Client& client() { return *client_; }
  base::MonotonicTime Now() const { return clock_.Monotonic(); }

  // Turns the loop until `done`, for kPatience at most.
  absl::Status Drive(const std::function<bool()>& done) {
    const base::MonotonicTime until = Now() + kPatience;
    while (!done()) {
      if (Now() >= until) {
        return absl::DeadlineExceededError("no answer");
      }
      const base::MonotonicTime next = std::min(loop_->NextTimer().value_or(until), until);
      loop_->poller().Wait(std::max(next - Now(), std::chrono::nanoseconds(0)));
      while (loop_->RunReady()) {
      }
    }
    return absl::OkStatus();
  }

  // The messages of one call.
  absl::StatusOr<std::vector<std::string>> Ask(const std::string& path,
                                               const std::string& request) {
    std::vector<std::string> messages;
    std::optional<absl::Status> end;
    client_->ServerStream(
        path, request, [&](std::string message) { messages.push_back(std::move(message)); },
        [&](const absl::Status& status) { end = status; });
    RETURN_IF_ERROR(Drive([&] { return end.has_value(); }));
    RETURN_IF_ERROR(end.value_or(absl::OkStatus()));
    return messages;
  }

 private:
  base::RealClock clock_;
  std::unique_ptr<Loop> loop_;
  std::unique_ptr<rpc::Client> client_;
};

struct Rate {
  double calls = 0;  // a second
  double p99_ms = 0;
};

// Keeps kInFlight calls under way.
class Load {
 public:
  explicit Load(Session& session) : session_(session) {}

  absl::Status Run() {
    const base::MonotonicTime begin = session_.Now() + kWarmUp;
    const base::MonotonicTime end = begin + kDuration;
    for (int i = 0; i < kInFlight; ++i) {
      Call(begin, end);
    }
    RETURN_IF_ERROR(session_.Drive([&] { return !error_.ok() || under_way_ == 0; }));
    return error_;
  }

  Rate rate() {
    std::ranges::sort(took_);
    return {.calls = static_cast<double>(took_.size()) /
                     std::chrono::duration<double>(kDuration).count(),
            .p99_ms = took_.empty() ? 0 : took_[took_.size() * 99 / 100].count()};
  }

 private:
  void Call(base::MonotonicTime begin, base::MonotonicTime end) {
    const base::MonotonicTime sent = session_.Now();
    if (sent >= end) {
      return;
    }
    ++under_way_;
    session_.client().Unary(kVersion, "",
                            [this, begin, end, sent](const absl::StatusOr<std::string>& reply) {
                              --under_way_;
                              error_.Update(reply.status());
                              const base::MonotonicTime now = session_.Now();
                              if (sent >= begin && now < end) {
                                took_.emplace_back(now - sent);
                              }
                              if (error_.ok()) {
                                Call(begin, end);
                              }
                            });
  }

  Session& session_;
  int under_way_ = 0;
  absl::Status error_;
  std::vector<Milliseconds> took_;
};

void Print(const std::string& name, double value) {
  std::printf("%s %.3f\n", name.c_str(), value);
}

absl::StatusOr<Rate> RateOf(const std::string& address, const pki::Identity& client) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Session> session, Session::Open(address, client));
  Load load(*session);
  RETURN_IF_ERROR(load.Run());
  return load.rate();
}

absl::Status MeasureCalls(const pki::Identity& client) {
  struct Turn {
    Rate version;
    Rate echo;
  };
  std::vector<Turn> turns(kTurns);
  for (Turn& turn : turns) {
    ASSIGN_OR_RETURN(turn.version, RateOf(kApid, client));
    ASSIGN_OR_RETURN(turn.echo, RateOf(kEcho, client));
  }
  std::ranges::sort(turns, {},
                    [](const Turn& turn) { return turn.version.calls / turn.echo.calls; });
  const Turn& middle = turns[kTurns / 2];
  Print("version-rate", middle.version.calls);
  Print("version-p99", middle.version.p99_ms);
  Print("echo-rate", middle.echo.calls);
  Print("echo-p99", middle.echo.p99_ms);
  return absl::OkStatus();
}

// The node's config with so many names in hosts(5), and this swappiness.
absl::StatusOr<std::string> ConfigWith(const config::Config& config, int swappiness) {
  std::string patch = absl::StrCat("machine:\n  sysctls: {vm.swappiness: '", swappiness,
                                   "'}\n  network:\n    extraHostEntries:\n"
                                   "      - ip: 192.0.2.1\n        aliases:\n");
  for (int i = 0; i < kRows; ++i) {
    absl::StrAppend(&patch, "          - host-", i, "\n");
  }
  ASSIGN_OR_RETURN(const config::Patch parsed, config::ParsePatch("patch", std::move(patch)));
  ASSIGN_OR_RETURN(const config::Config changed, config::ApplyPatches(config, {&parsed, 1}));
  return std::string(changed.text());
}

absl::Status Apply(Session& session, const std::string& config) {
  machine::ApplyConfigurationRequest request;
  request.set_data(config);
  request.set_mode(machine::ApplyConfigurationRequest::NO_REBOOT);
  return session.Ask("/machine.MachineService/ApplyConfiguration", request.SerializeAsString())
      .status();
}

// A copy of a kind of the node's rows, kept up to date.
template <class T>
class Copy {
 public:
  explicit Copy(std::unique_ptr<Session> session)
      : follower_(
            session->client(), store_, TypeRef::Of<T>().kind,
            [this](const absl::Status& status) { broken_.Update(status); }, [] {}),
        session_(std::move(session)) {}

  absl::Status WaitUntil(const std::function<bool(const All<T>&)>& holds) {
    const Kind kind = TypeRef::Of<T>().kind;
    RETURN_IF_ERROR(session_->Drive(
        [&] { return !broken_.ok() || holds(All<T>(store_.List(kind.ns, kind.type))); }));
    return broken_;
  }

 private:
  base::RealClock clock_;
  absl::Status broken_;
  Store store_{clock_};
  state::Follower follower_;
  std::unique_ptr<Session> session_;  // goes before the follower that it calls
};

absl::Status MeasureApply(const config::Config& config, const pki::Identity& client) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Session> session, Session::Open(kApid, client));
  ASSIGN_OR_RETURN(std::unique_ptr<Session> watching, Session::Open(kApid, client));
  Copy<runtime::KernelParamStatus> values(std::move(watching));
  RETURN_IF_ERROR(values.WaitUntil([](const auto& rows) { return !rows.empty(); }));
  Milliseconds best = kPatience;
  for (int round = 0; round < kRounds; ++round) {
    const int swappiness = 20 + round;
    ASSIGN_OR_RETURN(const std::string changed, ConfigWith(config, swappiness));
    const base::MonotonicTime begin = session->Now();
    RETURN_IF_ERROR(Apply(*session, changed));
    RETURN_IF_ERROR(values.WaitUntil([&](const auto& rows) {
      const auto row = rows.find("proc.sys.vm.swappiness");
      return row != rows.end() && row->spec().current() == std::to_string(swappiness);
    }));
    best = std::min(best, Milliseconds(session->Now() - begin));
  }
  Print("settled-ms", best.count());
  return absl::OkStatus();
}

absl::Status MeasureRows(const pki::Identity& client) {
  ASSIGN_OR_RETURN(std::unique_ptr<Session> watching, Session::Open(kApid, client));
  Copy<network::StaticHost> hosts(std::move(watching));
  RETURN_IF_ERROR(
      hosts.WaitUntil([](const auto& rows) { return rows.size() >= std::size_t{kRows}; }));
  ASSIGN_OR_RETURN(const std::unique_ptr<Session> session, Session::Open(kApid, client));
  const Kind kind = TypeRef::Of<network::StaticHost>().kind;
  cosi::resource::ListRequest request;
  request.set_namespace_(kind.ns);
  request.set_type(kind.type);
  Milliseconds best = kPatience;
  for (int round = 0; round < kRounds; ++round) {
    const base::MonotonicTime begin = session->Now();
    ASSIGN_OR_RETURN(const auto rows,
                     session->Ask("/cosi.resource.State/List", request.SerializeAsString()));
    best = std::min(best, Milliseconds(session->Now() - begin));
    if (rows.size() < std::size_t{kRows}) {
      return absl::InternalError(absl::StrCat("only ", rows.size(), " rows"));
    }
  }
  Print("rows-ms", best.count());
  return absl::OkStatus();
}

absl::StatusOr<pki::Identity> CaOf(const config::Config& config) {
  const auto* const legacy = config.Get<config::v1alpha1::LegacyConfig>();
  if (legacy == nullptr) {
    return absl::InternalError("the config has no v1alpha1 document");
  }
  return pki::IdentityFromPem(legacy->machine().ca().crt(), legacy->machine().ca().key());
}

absl::Status MeasureAll(const config::Config& config, const pki::Identity& ca) {
  ASSIGN_OR_RETURN(const pki::Identity client,
                   pki::NewClient(ca, {std::string(pki::kAdminRole)}, base::RealClock().Now()));
  RETURN_IF_ERROR(MeasureCalls(client));
  RETURN_IF_ERROR(MeasureApply(config, client));
  return MeasureRows(client);
}

absl::Status Measure() {
  ASSIGN_OR_RETURN(const std::string text, sys::ReadFile(kConfig, kLargestConfig));
  ASSIGN_OR_RETURN(const config::Config config, config::Load(kConfig, text));
  ASSIGN_OR_RETURN(const pki::Identity ca, CaOf(config));
  const pid_t echo = ::fork();
  if (echo == 0) {
    ::_exit(ServeEcho(ca).ok() ? 0 : 1);
  }
  absl::Status measured = MeasureAll(config, ca);
  ::kill(echo, SIGKILL);
  return measured;
}

}  // namespace
}  // namespace ichor::bench

int main() {
  const absl::Status status = ichor::bench::Measure();
  if (!status.ok()) {
    std::printf("error %s\n", std::string(status.message()).c_str());
  }
  return status.ok() ? 0 : 1;
}
