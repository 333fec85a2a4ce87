#include "machined/identity/machine_id.h"

#include <cstdint>
#include <string>
#include <utility>

#include "lib/base/status.h"
#include "machined/identity/node_id.h"

namespace ichor {
namespace {

constexpr std::uint32_t kReadableByAll = 0444;

}  // namespace

absl::StatusOr<Desired<files::EtcFileSpec>> RenderMachineId(
    const All<cluster::Identity>& identities) {
  const auto local = identities.find("local");
  if (local == identities.end()) {
    return Desired<files::EtcFileSpec>();
  }
  ASSIGN_OR_RETURN(const std::string machine_id, MachineIdOf(local->spec().node_id()));
  files::EtcFileSpec::Spec file;
  file.set_contents(machine_id + "\n");
  file.set_mode(kReadableByAll);
  return Desired<files::EtcFileSpec>{{"machine-id", std::move(file)}};
}

}  // namespace ichor
