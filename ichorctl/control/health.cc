// `ichorctl health`: whether a node, and the cluster around it, does what it should.
#include <format>
#include <ostream>
#include <vector>

#include "absl/strings/str_join.h"
#include "cluster/cluster.pb.h"
#include "cosi/resource/state.pb.h"
#include "ichorctl/control/parts.h"
#include "ichorctl/control/waiting.h"
#include "ichorctl/look/ask.h"
#include "ichorctl/look/format.h"
#include "lib/base/status.h"
#include "lib/runtime/loop.h"
#include "machine/machine.pb.h"
#include "talos/resource/definitions/runtime/runtime.pb.h"

namespace ichor::ctl {
namespace {

struct Options {
  bool server = true;
  std::string wait_timeout = "20m0s";
  std::vector<std::string> control_plane;
  std::vector<std::string> workers;
  std::string init_node;
  std::string endpoint;
};

constexpr std::chrono::seconds kBetweenChecks{1};

// A check answers with what is still missing; nothing if all is well.
using Check = absl::StatusOr<std::string> (*)(Nodes& nodes);

absl::StatusOr<std::string> CheckMachine(Nodes& nodes) {
  namespace runtime = talos::resource::definitions::runtime;
  cosi::resource::GetRequest request;
  request.set_namespace_("runtime");
  request.set_type("MachineStatuses.runtime.talos.dev");
  request.set_id("machine");
  runtime::MachineStatusSpec status;
  RETURN_IF_ERROR(AskOne<cosi::resource::GetResponse>(
      nodes, nodes.names().front(), "/cosi.resource.State/Get", request,
      [&](const cosi::resource::GetResponse& reply) {
        return status.ParseFromString(reply.resource().spec().proto_spec())
                   ? absl::OkStatus()
                   : absl::InternalError("the machine's status cannot be read");
      }));
  if (status.stage() != talos::resource::definitions::enums::MACHINE_STAGE_RUNNING) {
    return "the machine is not running";
  }
  std::vector<std::string> unmet;
  for (const runtime::UnmetCondition& condition : status.status().unmet_conditions()) {
    unmet.push_back(std::format("{}: {}", condition.name(), condition.reason()));
  }
  return status.status().ready() ? "" : "not ready: " + absl::StrJoin(unmet, "; ");
}

// What is wrong with a service; "" if nothing is.
std::string IllnessOf(const machine::ServiceInfo& service) {
  const bool good = service.health().unknown() || service.health().healthy();
  if (service.state() == "Running" && !good) {
    return service.id() + " is not healthy";
  }
  return service.state() == "Failed" ? service.id() + " has failed" : "";
}

absl::StatusOr<std::string> CheckServices(Nodes& nodes) {
  std::vector<std::string> ill;
  RETURN_IF_ERROR(AskForMessages<machine::ServiceListResponse>(
      nodes, MachineMethod("ServiceList"), google::protobuf::Empty(),
      [&](const std::string&, const machine::ServiceList& list) {
        for (const machine::ServiceInfo& service : list.services()) {
          ill.push_back(IllnessOf(service));
        }
      }));
  std::erase(ill, "");
  return absl::StrJoin(ill, ", ");
}

// What the node says is not as it should be; it may work all the same.
absl::Status ShowDiagnostics(Session& session, Nodes& nodes) {
  cosi::resource::ListRequest request;
  request.set_namespace_("runtime");
  request.set_type("Diagnostics.runtime.talos.dev");
  return AskOne<cosi::resource::ListResponse>(
      nodes, nodes.names().front(), "/cosi.resource.State/List", request,
      [&](const cosi::resource::ListResponse& reply) {
        talos::resource::definitions::runtime::DiagnosticSpec spec;
        if (!spec.ParseFromString(reply.resource().spec().proto_spec())) {
          return absl::InternalError("a Diagnostic cannot be read");
        }
        session.err << Visible(std::format("diagnostic {}: {}: {}",
                                           reply.resource().metadata().id(), spec.message(),
                                           absl::StrJoin(spec.details(), "; ")))
                    << "\n"
                    << std::flush;
        return absl::OkStatus();
      });
}

struct NamedCheck {
  std::string_view name;
  Check check;
};

constexpr NamedCheck kChecks[] = {{"the machine to be running and ready", CheckMachine},
                                  {"all services to be healthy", CheckServices}};

void Pause(Session& session) {
  Loop& loop = *session.loop;
  const Loop::TimerId timer =
      loop.RunAt(session.clock.Monotonic() + kBetweenChecks, [&loop] { loop.Stop(); });
  loop.Run();
  loop.Cancel(timer);
}

// What is missing is told when it changes.
absl::Status WaitFor(Session& session, Nodes& nodes, const NamedCheck& one,
                     base::MonotonicTime deadline) {
  std::string told;
  while (true) {
    ASSIGN_OR_RETURN(const std::string missing, one.check(nodes));
    const std::string line =
        std::format("waiting for {}: {}\n", one.name, missing.empty() ? "OK" : Visible(missing));
    if (line != told) {
      session.err << line << std::flush;
      told = line;
    }
    if (missing.empty()) {
      return absl::OkStatus();
    }
    if (session.clock.Monotonic() >= deadline) {
      return absl::DeadlineExceededError(missing);
    }
    Pause(session);
  }
}

absl::Status AskServer(Session& session, Nodes& nodes, const Options& options,
                       std::chrono::seconds timeout) {
  cluster::HealthCheckRequest request;
  request.mutable_wait_timeout()->set_seconds(timeout.count());
  cluster::ClusterInfo& info = *request.mutable_cluster_info();
  info.mutable_control_plane_nodes()->Assign(options.control_plane.begin(),
                                             options.control_plane.end());
  if (!options.init_node.empty()) {
    info.add_control_plane_nodes(options.init_node);
  }
  info.mutable_worker_nodes()->Assign(options.workers.begin(), options.workers.end());
  info.set_force_endpoint(options.endpoint);
  return AskOne<cluster::HealthCheckProgress>(
      nodes, nodes.names().front(), "/cluster.ClusterService/HealthCheck", request,
      [&](const cluster::HealthCheckProgress& progress) {
        session.err << Visible(progress.message()) << "\n" << std::flush;
        return absl::OkStatus();
      });
}

absl::Status ShowHealth(const NodeFlags& flags, const Options& options, Session& session) {
  ASSIGN_OR_RETURN(const std::chrono::seconds timeout,
                   ParseTime("wait-timeout", options.wait_timeout));
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  RETURN_IF_ERROR(nodes->CheckOne("health"));
  if (options.server) {
    const absl::Status status = AskServer(session, *nodes, options, timeout);
    if (!absl::IsUnimplemented(status)) {
      return status;
    }
  }
  RETURN_IF_ERROR(ShowDiagnostics(session, *nodes));
  const base::MonotonicTime deadline = session.clock.Monotonic() + timeout;
  for (const NamedCheck& one : kChecks) {
    RETURN_IF_ERROR(WaitFor(session, *nodes, one, deadline));
  }
  return absl::OkStatus();
}

}  // namespace

Command HealthCommand(const SharedNodeFlags& flags) {
  const auto options = std::make_shared<Options>();
  return {.name = "health",
          .summary = "Waits until a node, and the cluster around it, does what it should",
          .description =
              "A node that does not look at its cluster is looked at by itself: its "
              "status and its services. What it says of itself (get diagnostics) is shown, and "
              "is not waited for.",
          .flags = WithNodeFlags(flags, Maintenance::kNo,
                                 {{.name = "server",
                                   .help = "the node checks, instead of this program",
                                   .target = &options->server},
                                  {.name = "wait-timeout",
                                   .value = "TIME",
                                   .help = "how long to wait at most",
                                   .target = &options->wait_timeout},
                                  {.name = "control-plane-nodes",
                                   .value = "NODE",
                                   .help = "the control plane, instead of what the node knows",
                                   .target = &options->control_plane,
                                   .split = true},
                                  {.name = "worker-nodes",
                                   .value = "NODE",
                                   .help = "the workers, instead of what the node knows",
                                   .target = &options->workers,
                                   .split = true},
                                  {.name = "init-node",
                                   .value = "NODE",
                                   .help = "one more node of the control plane",
                                   .target = &options->init_node},
                                  {.name = "k8s-endpoint",
                                   .value = "URL",
                                   .help = "the Kubernetes API, instead of what the node knows",
                                   .target = &options->endpoint}}),
          .run = [flags, options](Session& session, const std::vector<std::string>&) {
            return ShowHealth(*flags, *options, session);
          }};
}

}  // namespace ichor::ctl
