#include "dashboard/main.h"

#include <unistd.h>

#include <deque>
#include <format>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "common/common.pb.h"
#include "dashboard/screen.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/base/version.h"
#include "lib/resource/address_text.h"
#include "lib/rpc/client.h"
#include "lib/runtime/heap_trimmer.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "lib/runtime/worker_pool.h"
#include "lib/state/mirror.h"
#include "machine/machine.pb.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"
#include "talos/resource/definitions/v1alpha1/v1alpha1.resources.h"

namespace ichor::dashboard {
namespace {

using network::HostnameStatus;
using network::NodeAddress;
using runtime::MachineStatus;

constexpr size_t kLogLines = 100;
constexpr std::chrono::seconds kReconnect{1};
constexpr std::chrono::milliseconds kRedraw{100};

// The screen, and where its contents come from. Everything on the loop's thread.
class Dashboard {
 public:
  Dashboard(Loop& loop, const base::Clock& clock, std::string path)
      : loop_(loop),
        clock_(clock),
        path_(std::move(path)),
        store_(clock),
        workers_(1),
        runtime_(loop, workers_, store_, clock),
        mirror_({.loop = loop, .runtime = runtime_, .store = store_, .clock = clock},
                {.path = path_,
                 .owner = "dashboard",
                 .follow = {TypeRef::Of<MachineStatus>(), TypeRef::Of<NodeAddress>(),
                            TypeRef::Of<HostnameStatus>(), TypeRef::Of<v1alpha1::Service>()},
                 .publish = {}}) {
    runtime_.Actuate<MachineStatus, NodeAddress, HostnameStatus, v1alpha1::Service>(
        "dashboard.redraw", [this](const auto&, const auto&, const auto&, const auto&) {
          loop_.Post([this] { DrawSoon(); });
          return absl::OkStatus();
        });
    FollowLog();
    DrawSoon();
  }

 private:
  // The kernel's log, in which everybody's lines are.
  void FollowLog() {
    absl::StatusOr<std::unique_ptr<rpc::Client>> client = rpc::Client::Connect(loop_, path_);
    if (!client.ok()) {
      FollowLogLater();
      return;
    }
    log_client_ = *std::move(client);
    machine::DmesgRequest request;
    request.set_follow(true);
    log_client_->ServerStream(
        "/machine.MachineService/Dmesg", request.SerializeAsString(),
        [this](const std::string& bytes) { OnLog(bytes); },
        [this](const absl::Status&) { FollowLogLater(); });
  }

  void FollowLogLater() {
    loop_.RunAt(clock_.Monotonic() + kReconnect, [this] { FollowLog(); });
  }

  void OnLog(const std::string& bytes) {
    common::Data data;
    if (!data.ParseFromString(bytes)) {
      return;
    }
    const std::string line(data.bytes());
    log_.push_back(line.substr(0, line.find('\n')));
    if (log_.size() > kLogLines) {
      log_.pop_front();
    }
    DrawSoon();
  }

  // Many changes within a moment are drawn once.
  void DrawSoon() {
    if (!std::exchange(draw_scheduled_, true)) {
      loop_.RunAt(clock_.Monotonic() + kRedraw, [this] {
        draw_scheduled_ = false;
        const std::string bytes = Draw(Lay(Contents(), sys::SizeOfTerminal(STDOUT_FILENO)));
        if (bytes != drawn_ && sys::WriteTerminal(STDOUT_FILENO, bytes).ok()) {
          drawn_ = bytes;
        }
      });
    }
  }

  Screen Contents() {
    Screen screen{.version = std::string(base::kVersion), .log = {log_.begin(), log_.end()}};
    const All<HostnameStatus> names = runtime_.Read<HostnameStatus>();
    screen.hostname = names.empty() ? "" : names.front().spec().hostname();
    AddStatus(screen);
    const All<NodeAddress> addresses = runtime_.Read<NodeAddress>();
    if (const auto current = addresses.find("current"); current != addresses.end()) {
      for (const auto& address : current->spec().addresses()) {
        screen.addresses.push_back(ToText(address));
      }
    }
    for (const auto& row : runtime_.Read<v1alpha1::Service>()) {
      const auto& service = row.spec();
      const bool well = service.healthy() || service.unknown();
      screen.services.push_back(
          {.id = row.id(),
           .state = !service.running() ? "not running" : (well ? "running" : "not healthy")});
    }
    return screen;
  }

  void AddStatus(Screen& screen) {
    using talos::resource::definitions::enums::RuntimeMachineStage_descriptor;
    const All<MachineStatus> statuses = runtime_.Read<MachineStatus>();
    if (statuses.empty()) {
      return;
    }
    const MachineStatus::Spec& status = statuses.front().spec();
    if (const auto* const stage =
            RuntimeMachineStage_descriptor()->FindValueByNumber(status.stage())) {
      screen.stage = stage->options().GetExtension(::ichor::value);
    }
    for (const auto& condition : status.status().unmet_conditions()) {
      screen.unmet.push_back(std::format("{}: {}", condition.name(), condition.reason()));
    }
  }

  Loop& loop_;
  const base::Clock& clock_;
  const std::string path_;
  Store store_;
  WorkerPool workers_;
  Runtime runtime_;
  state::Mirror mirror_;
  std::unique_ptr<rpc::Client> log_client_;
  std::deque<std::string> log_;
  std::string drawn_;
  bool draw_scheduled_ = false;
};

absl::Status Run(const std::string& path) {
  const base::RealClock clock;
  ASSIGN_OR_RETURN(const std::unique_ptr<Loop> loop, Loop::Create(clock));
  absl::Status shown = sys::MakeScreen(STDOUT_FILENO);
  shown.Update(sys::ShowTerminal(STDOUT_FILENO));
  if (!shown.ok()) {
    base::Log(base::Severity::kWarning, "dashboard: {}", base::MessageOf(shown));
  }
  const Dashboard dashboard(*loop, clock, path);
  const HeapTrimmer trimmer(*loop, clock);
  loop->Run();
  return absl::OkStatus();
}

}  // namespace

int Main(int argc, char** argv) {
  std::string path = "/system/run/machined/machine.sock";
  if (argc == 3 && std::string_view(argv[1]) == "--socket") {
    path = argv[2];
  }
  if (const absl::Status status = Run(path); !status.ok()) {
    base::LogLine(base::Severity::kError, base::MessageOf(status));
    return 1;
  }
  return 0;
}

}  // namespace ichor::dashboard
