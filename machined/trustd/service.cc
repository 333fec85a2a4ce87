#include "machined/trustd/service.h"

#include <cstdint>
#include <utility>

namespace ichor {
namespace {

using boot::NodeStage;
using services::ServiceDefinition;

constexpr std::uint32_t kUser = 51;
constexpr std::uint32_t kPort = 50001;
constexpr std::int32_t kAlmostNeverKilled = -998;  // oom_score_adj(5) goes from -1000 to 1000

ServiceDefinition::Spec Trustd() {
  ServiceDefinition::Spec definition;
  auto& process = *definition.mutable_process();
  process.add_arguments("/usr/bin/trustd");
  process.add_environment("PATH=/usr/sbin:/usr/bin");
  process.set_cgroup("system/trustd");
  process.set_uid(kUser);
  process.set_gid(kUser);
  process.set_oom_score_adj(kAlmostNeverKilled);
  definition.mutable_health()->set_local_port(kPort);
  return definition;
}

}  // namespace

bool GivesCertificates(const secrets::OSRootSecret::Spec& root) {
  return !root.issuing_ca().key().empty() && !root.token().empty();
}

absl::StatusOr<Desired<ServiceDefinition>> DefineTrustd(
    const All<boot::PowerRequest>& power, const All<NodeStage>& stages,
    const All<secrets::OSRootSecret>& roots, const All<secrets::TrustdCertificate>& certificates) {
  const bool known = !stages.empty() && stages.front().spec().stage() != NodeStage::Spec::STARTING;
  const bool wanted = !roots.empty() && GivesCertificates(roots.front().spec());
  if (!power.empty() || (known && !wanted)) {
    return Desired<ServiceDefinition>();
  }
  ServiceDefinition::Spec definition = Trustd();
  definition.set_internal(!known);
  definition.set_provisional(!known);
  if (!known) {
    definition.add_waits_for("the config");
  } else if (certificates.empty()) {
    definition.add_waits_for("its certificate");
  }
  return Desired<ServiceDefinition>{{"trustd", std::move(definition)}};
}

}  // namespace ichor
