#include "lib/dashboard/feed.h"

#include <utility>

#include "common/common.pb.h"
#include "lib/base/status.h"
#include "machine/machine.pb.h"

namespace ichor::dashboard {
namespace {

constexpr const char* kKernelLog = "dmesg";
constexpr int kOldLines = 200;  // of a log

std::string Method(const std::string& name) {
  return "/machine.MachineService/" + name;
}

// The message of a reply that is a list with one for each node.
template <class Reply>
const auto* FirstOf(const Reply& reply) {
  return reply.messages().empty() ? nullptr : &reply.messages(0);
}

}  // namespace

struct Feed::Session {
  explicit Session(rpc::Client& its_client) : client(its_client) {}
  rpc::Client& client;
};

Feed::Feed(Loop& loop, const base::Clock& clock, Model& model, Options options,
           std::function<void()> on_change)
    : loop_(loop),
      clock_(clock),
      model_(model),
      options_(std::move(options)),
      on_change_(std::move(on_change)) {}

Feed::~Feed() {
  if (timer_armed_) {
    loop_.Cancel(timer_);
  }
}

template <class T>
void Feed::Watch(RowsById<T>& rows) {
  rows.clear();
  cosi::resource::WatchRequest request;
  request.set_namespace_(std::string(T::kNamespace));
  request.set_type(std::string(T::kType));
  request.set_api_version(1);
  request.mutable_options()->set_bootstrap_contents(true);
  Stream("/cosi.resource.State/Watch", request.SerializeAsString(),
         [&rows](const std::string& bytes) {
           cosi::resource::WatchResponse reply;
           if (!reply.ParseFromString(bytes)) {
             return;
           }
           for (const cosi::resource::Event& event : reply.event()) {
             const std::string& id = event.resource().metadata().id();
             typename T::Spec spec;
             if (event.event_type() == cosi::resource::DESTROYED) {
               rows.erase(id);
             } else if ((event.event_type() == cosi::resource::CREATED ||
                         event.event_type() == cosi::resource::UPDATED) &&
                        spec.ParseFromString(event.resource().spec().proto_spec())) {
               rows[id] = std::move(spec);
             }
           }
         });
}

// What comes after the connection was given up is for nobody.
void Feed::Stream(const std::string& method, const std::string& request,
                  const std::function<void(const std::string&)>& take) {
  session_->client.SetMetadata(options_.metadata);
  const std::weak_ptr<Session> weak = session_;
  session_->client.ServerStream(
      method, request,
      [this, weak, take](const std::string& bytes) {
        if (!weak.expired()) {
          take(bytes);
          on_change_();
        }
      },
      [this, weak](const absl::Status& status) {
        if (!weak.expired() && absl::IsUnavailable(status)) {
          model_.error = std::string(base::MessageOf(status));
          options_.on_unavailable();
        }
      });
}

template <class Reply>
void Feed::Ask(const std::string& method, const std::function<void(const Reply&)>& take) {
  session_->client.SetMetadata(options_.metadata);
  const std::weak_ptr<Session> weak = session_;
  session_->client.Unary(Method(method), "",
                         [this, weak, take](const absl::StatusOr<std::string>& bytes) {
                           Reply reply;
                           if (!weak.expired() && bytes.ok() && reply.ParseFromString(*bytes)) {
                             take(reply);
                             on_change_();
                           }
                         });
}

void Feed::Begin(rpc::Client& client) {
  session_ = std::make_shared<Session>(client);
  model_.error.clear();
  model_.logs.clear();
  Watch<runtime::MachineStatus>(model_.status);
  Watch<runtime::SecurityState>(model_.security);
  Watch<runtime::Version>(model_.versions);
  Watch<runtime::Diagnostic>(model_.diagnostics);
  Watch<config::MachineType>(model_.types);
  Watch<hardware::SystemInformation>(model_.systems);
  Watch<cluster::Info>(model_.clusters);
  Watch<cluster::Member>(model_.members);
  Watch<k8s::StaticPodStatus>(model_.static_pods);
  Watch<network::HostnameStatus>(model_.hostnames);
  Watch<network::NodeAddress>(model_.addresses);
  Watch<network::RouteStatus>(model_.routes);
  Watch<network::ResolverStatus>(model_.resolvers);
  Watch<network::TimeServerStatus>(model_.time_servers);
  Watch<network::NetworkStatus>(model_.network);
  if (options_.on_console) {  // what forms need
    Watch<network::LinkStatus>(model_.links);
    Watch<runtime::PlatformMetadata>(model_.platforms);
  }
  Watch<v1alpha1::Service>(model_.services);
  OpenLog(kKernelLog);
  if (!log_.empty()) {
    FollowLog(std::exchange(log_, {}));
  }
  Ask<machine::CPUInfoResponse>("CPUInfo", [this](const machine::CPUInfoResponse& reply) {
    if (const auto* const info = FirstOf(reply)) {
      model_.figures.Take(*info);
    }
  });
  AskForFigures();
}

void Feed::WriteMeta(std::uint32_t key, const std::string& value,
                     const std::function<void(const absl::Status&)>& done) {
  if (session_ == nullptr) {
    done(absl::UnavailableError("there is no connection to the node"));
    return;
  }
  machine::MetaWriteRequest request;
  request.set_key(key);
  request.set_value(value);
  session_->client.SetMetadata(options_.metadata);
  const std::weak_ptr<Session> weak = session_;
  session_->client.Unary(Method("MetaWrite"), request.SerializeAsString(),
                         [weak, done](const absl::StatusOr<std::string>& reply) {
                           if (!weak.expired()) {
                             done(reply.status());
                           }
                         });
}

void Feed::Stop(std::string why) {
  session_.reset();
  model_.error = std::move(why);
  on_change_();
}

void Feed::OpenLog(const std::string& id) {
  LogLines& lines = model_.logs[id] = {};
  const auto take = [&lines](const std::string& bytes) {
    common::Data data;
    if (data.ParseFromString(bytes)) {
      lines.Add(data.bytes());
    }
  };
  if (id == kKernelLog) {
    machine::DmesgRequest request;
    request.set_follow(true);
    Stream(Method("Dmesg"), request.SerializeAsString(), take);
    return;
  }
  machine::LogsRequest request;
  request.set_namespace_("system");
  request.set_driver(common::CONTAINERD);
  request.set_id(id);
  request.set_follow(true);
  request.set_tail_lines(kOldLines);
  Stream(Method("Logs"), request.SerializeAsString(), take);
}

void Feed::FollowLog(const std::string& id) {
  if (id == kKernelLog || id == log_) {
    return;
  }
  log_ = id;
  if (session_ != nullptr && !model_.logs.contains(id)) {
    OpenLog(id);
  }
}

void Feed::WantFigures(bool wanted) {
  if (std::exchange(wanted_, wanted) != wanted && wanted && session_ != nullptr) {
    AskForFigures();
  }
}

void Feed::AskForFigures() {
  const auto take = [this]<class Reply>(const Reply& reply) {
    if (const auto* const message = FirstOf(reply)) {
      if constexpr (requires { model_.figures.Take(*message); }) {
        model_.figures.Take(*message);
      } else {
        model_.figures.Take(*message, clock_.Monotonic());
      }
    }
  };
  Ask<machine::MemoryResponse>("Memory", take);
  Ask<machine::SystemStatResponse>("SystemStat", take);
  Ask<machine::LoadAvgResponse>("LoadAvg", take);
  if (wanted_) {
    Ask<machine::NetworkDeviceStatsResponse>("NetworkDeviceStats", take);
    Ask<machine::DiskStatsResponse>("DiskStats", take);
    Ask<machine::ProcessesResponse>("Processes", take);
  }
  AskLater();
}

void Feed::AskLater() {
  if (std::exchange(timer_armed_, true)) {
    loop_.Cancel(timer_);
  }
  timer_ = loop_.RunAt(clock_.Monotonic() + (wanted_ ? options_.interval : options_.idle_interval),
                       [this] {
                         timer_armed_ = false;
                         if (session_ != nullptr) {
                           AskForFigures();
                         }
                       });
}

}  // namespace ichor::dashboard
