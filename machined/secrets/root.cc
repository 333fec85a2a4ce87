#include "machined/secrets/root.h"

#include <optional>
#include <string>
#include <utility>

#include "config/legacy.pb.h"
#include "lib/resource/address_text.h"
#include "machined/config/active_config.h"

namespace ichor {
namespace {

using config::v1alpha1::LegacyConfig;
using config::v1alpha1::Machine;

// The machine's section of the config in force; null if there is none. Lives as long as `config`.
const Machine* MachineOf(const std::optional<config::Config>& config) {
  const LegacyConfig* const legacy = config.has_value() ? config->Get<LegacyConfig>() : nullptr;
  return legacy == nullptr || !legacy->has_machine() ? nullptr : &legacy->machine();
}

}  // namespace

absl::StatusOr<Desired<secrets::OSRootSecret>> DeriveOsRoot(
    const All<config::MachineConfig>& configs) {
  const std::optional<config::Config> config = ActiveConfig(configs);
  const Machine* const machine = MachineOf(config);
  if (machine == nullptr) {
    return Desired<secrets::OSRootSecret>();
  }
  secrets::OSRootSecret::Spec root;
  root.mutable_issuing_ca()->set_crt(machine->ca().crt());
  root.mutable_issuing_ca()->set_key(machine->ca().key());
  if (!machine->ca().crt().empty()) {
    root.add_accepted_cas()->set_crt(machine->ca().crt());
  }
  for (const auto& ca : machine->accepted_cas()) {
    root.add_accepted_cas()->set_crt(ca.crt());
  }
  for (const std::string& name : machine->cert_sans()) {
    if (const std::optional<common::NetIP> ip = ParseNetIP(name); ip.has_value()) {
      *root.add_cert_san_ips() = *ip;
    } else {
      root.add_cert_san_dns_names(name);
    }
  }
  root.set_token(machine->token());
  return Desired<secrets::OSRootSecret>{{"os", std::move(root)}};
}

absl::StatusOr<Desired<config::MachineType>> DeriveMachineType(
    const All<config::MachineConfig>& configs) {
  const std::optional<config::Config> config = ActiveConfig(configs);
  const Machine* const machine = MachineOf(config);
  if (machine == nullptr) {
    return Desired<config::MachineType>();
  }
  config::MachineType::Spec type;
  if (machine->type() == "controlplane") {
    type.set_machine_type(resource::config::CONTROL_PLANE);
  } else {
    type.set_machine_type(machine->type() == "init" ? resource::config::INIT
                                                    : resource::config::WORKER);
  }
  return Desired<config::MachineType>{{"machine-type", type}};
}

}  // namespace ichor
