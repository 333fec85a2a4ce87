#include "lib/dashboard/facts.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <format>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_join.h"
#include "ichor/options.pb.h"
#include "lib/resource/address_text.h"

namespace ichor::dashboard {
namespace {

constexpr const char* kUnknown = "n/a";

// The text of an enumerator, as in YAML.
std::string TextOf(const google::protobuf::EnumDescriptor* descriptor, int number) {
  const auto* const value = descriptor->FindValueByNumber(number);
  return value == nullptr ? kUnknown : value->options().GetExtension(::ichor::value);
}

// The spec of row `id`; null if there is none.
template <class Rows>
const typename Rows::mapped_type* Find(const Rows& rows, const std::string& id) {
  const auto found = rows.find(id);
  return found == rows.end() ? nullptr : &found->second;
}

std::string OrUnknown(std::string text) {
  return text.empty() ? kUnknown : std::move(text);
}

std::string ClusterOf(const Model& model) {
  const auto* const info = Find(model.clusters, "current");
  if (info == nullptr || info->cluster_name().empty()) {
    return kUnknown;
  }
  return model.members.empty()
             ? info->cluster_name()
             : std::format("{} ({} machine{})", info->cluster_name(), model.members.size(),
                           model.members.size() == 1 ? "" : "s");
}

std::string ReadyOf(const Model& model) {
  const auto* const status = Find(model.status, "machine");
  return status == nullptr ? kUnknown : status->status().ready() ? "true" : "false";
}

std::string StageOf(const Model& model) {
  using talos::resource::definitions::enums::RuntimeMachineStage_descriptor;
  const auto* const status = Find(model.status, "machine");
  return status == nullptr ? kUnknown : TextOf(RuntimeMachineStage_descriptor(), status->stage());
}

std::string TypeOf(const Model& model) {
  const auto* const type = Find(model.types, "machine-type");
  return type == nullptr ? kUnknown
                         : TextOf(resource::config::MachineType_descriptor(), type->machine_type());
}

std::string GatewaysOf(const Model& model) {
  std::set<std::string> gateways;
  for (const auto& [id, route] : model.routes) {
    if (!route.gateway().ip().empty() && route.destination().ip().empty()) {
      gateways.insert(ToText(route.gateway()));
    }
  }
  return absl::StrJoin(gateways, ", ");
}

std::string ConnectivityOf(const Model& model) {
  const auto* const status = Find(model.network, "status");
  if (status == nullptr) {
    return kUnknown;
  }
  return status->connectivity_ready() ? "OK" : "FAILED";
}

std::string ResolversOf(const Model& model) {
  std::vector<std::string> servers;
  for (const auto& [id, status] : model.resolvers) {
    for (const auto& server : status.dns_servers()) {
      servers.push_back(ToText(server));
    }
  }
  return absl::StrJoin(servers, ", ");
}

std::string TimeServersOf(const Model& model) {
  std::vector<std::string> servers;
  for (const auto& [id, status] : model.time_servers) {
    servers.insert(servers.end(), status.ntp_servers().begin(), status.ntp_servers().end());
  }
  return absl::StrJoin(servers, ", ");
}

std::string AddressesOf(const Model& model) {
  std::vector<std::string> texts;
  if (const auto* const current = Find(model.addresses, "current")) {
    for (const auto& address : current->addresses()) {
      texts.push_back(ToText(address));
    }
  }
  return absl::StrJoin(texts, ", ");
}

// Whether a static pod says that it is ready.
bool IsReady(const google::protobuf::Struct& pod) {
  const auto conditions = pod.fields().find("conditions");
  if (conditions == pod.fields().end()) {
    return false;
  }
  return std::ranges::any_of(
      conditions->second.list_value().values(), [](const google::protobuf::Value& value) {
        const auto& fields = value.struct_value().fields();
        const auto type = fields.find("type");
        const auto status = fields.find("status");
        return type != fields.end() && status != fields.end() &&
               type->second.string_value() == "Ready" && status->second.string_value() == "True";
      });
}

}  // namespace

std::string NameOf(const Model& model) {
  for (const auto& [id, status] : model.hostnames) {
    return status.domainname().empty() ? status.hostname()
                                       : status.hostname() + "." + status.domainname();
  }
  return model.name;
}

std::vector<Fact> MachineFacts(const Model& model) {
  std::vector<Fact> facts;
  std::string uuid;
  if (!model.systems.empty()) {
    uuid = model.systems.begin()->second.uuid();
  }
  const auto* const security = Find(model.security, "securitystate");
  facts.push_back({"UUID", OrUnknown(std::move(uuid))});
  facts.push_back({"CLUSTER", ClusterOf(model)});
  facts.push_back({"TYPE", TypeOf(model)});
  facts.push_back({"STAGE", StageOf(model)});
  facts.push_back({"READY", ReadyOf(model)});
  facts.push_back({"SECUREBOOT", security == nullptr       ? kUnknown
                                 : security->secure_boot() ? "true"
                                                           : "false"});
  return facts;
}

std::vector<Fact> KubernetesFacts(const Model& model) {
  std::vector<Fact> facts;
  if (const auto* const kubelet = Find(model.services, "kubelet")) {
    facts.push_back({"KUBELET", kubelet->healthy()   ? "healthy"
                                : kubelet->running() ? "running"
                                                     : "not running"});
  }
  for (const auto& [name, part] : {std::pair{"APISERVER", "kube-apiserver"},
                                   std::pair{"CONTROLLER-MANAGER", "kube-controller-manager"},
                                   std::pair{"SCHEDULER", "kube-scheduler"}}) {
    for (const auto& [id, pod] : model.static_pods) {
      if (id.contains(part)) {
        facts.push_back({name, IsReady(pod.pod_status()) ? "ready" : "not ready"});
      }
    }
  }
  return facts;
}

std::vector<Fact> NetworkFacts(const Model& model) {
  return {{"HOST", NameOf(model)},
          {"IP", OrUnknown(AddressesOf(model))},
          {"GW", OrUnknown(GatewaysOf(model))},
          {"CONNECTIVITY", ConnectivityOf(model)},
          {"DNS", OrUnknown(ResolversOf(model))},
          {"NTP", OrUnknown(TimeServersOf(model))}};
}

std::vector<Fact> ServiceFacts(const Model& model) {
  std::vector<Fact> facts;
  facts.reserve(model.services.size());
  for (const auto& [id, service] : model.services) {
    facts.push_back({id, !service.running()                       ? "not running"
                         : service.healthy() || service.unknown() ? "running"
                                                                  : "not healthy"});
  }
  std::ranges::stable_sort(facts, {}, [](const Fact& fact) { return fact.value == "running"; });
  return facts;
}

std::vector<std::string> Problems(const Model& model) {
  std::vector<std::string> problems;
  if (!model.error.empty()) {
    problems.push_back(model.error);
  }
  const auto* const cause = Find(model.diagnostics, "kubernetes");
  if (cause != nullptr) {
    problems.push_back(cause->message());
  } else if (const auto* const status = Find(model.status, "machine")) {
    for (const auto& condition : status->status().unmet_conditions()) {
      problems.push_back(std::format("{}: {}", condition.name(), condition.reason()));
    }
  }
  for (const auto& [id, diagnostic] : model.diagnostics) {
    if (&diagnostic != cause) {
      problems.push_back(diagnostic.message());
    }
  }
  return problems;
}

std::string Since(base::WallTime since, base::WallTime now) {
  using std::chrono::days;
  using std::chrono::hours;
  using std::chrono::minutes;
  const auto time = std::max(std::chrono::floor<minutes>(now - since), minutes(0));
  if (time >= days(1)) {
    const auto whole = std::chrono::floor<days>(time);
    return std::format("{}d{}h", whole.count(), std::chrono::floor<hours>(time - whole).count());
  }
  if (time >= hours(1)) {
    const auto whole = std::chrono::floor<hours>(time);
    return std::format("{}h{}m", whole.count(), (time - whole).count());
  }
  return std::format("{}m", time.count());
}

std::string Amount(double bytes) {
  static constexpr std::array<std::string_view, 5> kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  size_t unit = 0;
  while (bytes >= 1024 && unit + 1 < kUnits.size()) {
    bytes /= 1024;
    ++unit;
  }
  return unit == 0 ? std::format("{:.0f} B", bytes) : std::format("{:.1f} {}", bytes, kUnits[unit]);
}

std::string Printable(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  return text;
}

}  // namespace ichor::dashboard
