#include "machined/etcd/launch.h"

#include <algorithm>
#include <format>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/status.h"
#include "lib/resource/address_text.h"
#include "machined/etcd/places.h"
#include "machined/etcd/policy.h"

namespace ichor {
namespace {

using etcd::EtcdConfig;
using etcd::EtcdDataStatus;
using etcd::EtcdProgram;
using etcd::EtcdSpec;
using etcd::PKIStatus;
using time::TimeStatus;
using Data = EtcdDataStatus::Spec;

bool TimeIsRight(const All<TimeStatus>& rows) {
  return std::ranges::any_of(
      rows, [](const auto& row) { return row.spec().synced() || row.spec().sync_disabled(); });
}

bool HaveCertificates(const All<PKIStatus>& rows) {
  return std::ranges::any_of(rows, [](const auto& row) { return row.spec().ready(); });
}

bool HasLeft(const All<EtcdDataStatus>& rows) {
  return std::ranges::any_of(rows,
                             [](const auto& row) { return row.spec().beginning() == Data::LEFT; });
}

// What any program of etcd waits for; empty if nothing.
std::string MissingOf(const All<PKIStatus>& certificates, const All<TimeStatus>& times,
                      const All<EtcdDataStatus>& data) {
  if (data.empty()) {
    return "volume EPHEMERAL";
  }
  if (!data.front().spec().error().empty()) {
    return std::format("its directory: {}", data.front().spec().error());
  }
  if (!TimeIsRight(times)) {
    return "time sync";
  }
  return HaveCertificates(certificates) ? "" : "its certificates";
}

bool IsToBeRestored(const Data& data) {
  return data.empty() && data.beginning() == Data::SNAPSHOT;
}

// What etcd waits for once it could run; empty if nothing.
std::string MissingForData(const Data& data, const EtcdSpec::Spec& spec) {
  if (IsToBeRestored(data)) {
    return "its data to be restored from the snapshot";
  }
  if (data.empty() && data.beginning() == Data::NONE) {
    return std::format("bootstrap: run `ichorctl bootstrap -n {}`",
                       ToText(spec.advertised_addresses(0)));
  }
  return "";
}

// The flags that say how the cluster begins.
Arguments BeginningOf(const Data& data, const EtcdSpec::Spec& spec) {
  switch (data.beginning()) {
    case Data::NEW:
      return {{"initial-cluster", {OwnCluster(spec)}}, {"initial-cluster-state", {"new"}}};
    case Data::JOIN:
      return {{"initial-cluster", {data.initial_cluster()}},
              {"initial-cluster-state", {"existing"}}};
    default:
      return {};
  }
}

EtcdProgram::Spec Program(const EtcdConfig::Spec& wish, const char* path,
                          const std::vector<std::string>& arguments) {
  EtcdProgram::Spec program;
  program.set_image(wish.image());
  program.add_arguments(path);
  for (const std::string& argument : arguments) {
    program.add_arguments(argument);
  }
  program.add_binds(kEtcdDirectory);
  return program;
}

EtcdProgram::Spec Restore(const EtcdConfig::Spec& wish, const EtcdSpec::Spec& spec,
                          const Data& data) {
  std::vector<std::string> arguments = {
      "snapshot",
      "restore",
      kEtcdSnapshot,
      std::format("--data-dir={}/{}", kEtcdDirectory, kRestoredName),
      std::format("--initial-advertise-peer-urls={}", PeerUrls(spec)),
      std::format("--initial-cluster={}", OwnCluster(spec)),
      std::format("--name={}", spec.name())};
  if (data.skip_hash_check()) {
    arguments.emplace_back("--skip-hash-check");
  }
  EtcdProgram::Spec program = Program(wish, "/usr/local/bin/etcdutl", arguments);
  program.add_read_only_binds(kEtcdSnapshot);
  program.set_once(true);
  program.set_revision(std::format("{}", data.number()));
  return program;
}

void WaitFor(std::string what, EtcdProgram::Spec& program) {
  if (!what.empty()) {
    program.add_waits_for(std::move(what));
  }
}

}  // namespace

absl::StatusOr<Desired<EtcdProgram>> PlanEtcd(const All<EtcdConfig>& wishes,
                                              const All<EtcdSpec>& specs,
                                              const All<PKIStatus>& certificates,
                                              const All<TimeStatus>& times,
                                              const All<EtcdDataStatus>& data) {
  Desired<EtcdProgram> programs;
  if (wishes.empty() || HasLeft(data)) {
    return programs;
  }
  const EtcdConfig::Spec& wish = wishes.front().spec();
  if (specs.empty()) {
    EtcdProgram::Spec program = Program(wish, kEtcdProgram, {});
    WaitFor("a hostname and an address", program);
    program.set_provisional(true);
    programs.Add("etcd", std::move(program));
    return programs;
  }
  const EtcdSpec::Spec& spec = specs.front().spec();
  const Data known = data.empty() ? Data() : data.front().spec();
  const std::string missing = MissingOf(certificates, times, data);
  ASSIGN_OR_RETURN(const std::vector<std::string> flags, EtcdFlags(spec, BeginningOf(known, spec)));
  EtcdProgram::Spec program = Program(wish, kEtcdProgram, flags);
  program.add_read_only_binds(kEtcdSecrets);
  program.set_provisional(data.empty());
  WaitFor(missing.empty() ? MissingForData(known, spec) : missing, program);
  programs.Add("etcd", std::move(program));
  if (IsToBeRestored(known)) {
    EtcdProgram::Spec restore = Restore(wish, spec, known);
    WaitFor(missing, restore);
    programs.Add("etcd-restore", std::move(restore));
  }
  return programs;
}

}  // namespace ichor
