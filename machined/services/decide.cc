#include "machined/services/decide.h"

#include <format>
#include <string>
#include <utility>

#include "machined/services/fingerprint.h"

namespace ichor {
namespace {

using services::ProcessSpec;
using services::ProcessStatus;
using services::ServiceDefinition;
using services::ServiceHealth;
using services::ServiceState;
using State = ServiceState::Spec;

// All that is known, by id.
struct World {
  const All<ServiceDefinition>& definitions;
  const All<ProcessStatus>& processes;
  const All<ServiceHealth>& healths;
};

// The spec of `id` in `rows`, or the one that says nothing.
template <class T>
const typename T::Spec& SpecOf(const All<T>& rows, const std::string& id) {
  const auto row = rows.find(id);
  return row == rows.end() ? T::Spec::default_instance() : row->spec();
}

bool HasHealthCheck(const ServiceDefinition::Spec& definition) {
  const auto& health = definition.health();
  return !health.unix_socket().empty() || health.local_port() != 0 || health.stated();
}

// A container's success is that of its parameters: what they ask for now may be another piece of
// work.
bool HasSucceeded(const ServiceDefinition::Spec& definition, const ProcessStatus::Spec& process) {
  if (!process.succeeded() || !definition.process().has_container() || process.fingerprint() == 0) {
    return process.succeeded();
  }
  ProcessSpec::Spec wish;
  *wish.mutable_parameters() = definition.process();
  return process.fingerprint() == FingerprintOf(wish);
}

// Whether others may build on it.
bool IsUp(const World& world, const std::string& id) {
  const auto definition = world.definitions.find(id);
  if (definition == world.definitions.end()) {
    return false;
  }
  const ProcessStatus::Spec& process = SpecOf(world.processes, id);
  if (definition->spec().once()) {
    return HasSucceeded(definition->spec(), process);
  }
  return process.pid() != 0 && !process.stopping() &&
         (!HasHealthCheck(definition->spec()) || SpecOf(world.healths, id).healthy());
}

// What it still waits for: `service "udevd" to be up, the config`; empty if nothing.
std::string WaitsFor(const World& world, const ServiceDefinition::Spec& definition) {
  std::string missing;
  for (const std::string& other : definition.depends_on()) {
    if (!IsUp(world, other)) {
      missing += std::format("{}\"{}\"", missing.empty() ? "service " : ", ", other);
    }
  }
  missing += missing.empty() ? "" : " to be up";
  for (const std::string& other : definition.waits_for()) {
    missing += (missing.empty() ? "" : ", ") + other;
  }
  return missing;
}

void SetState(State& state, State::State value, std::string message) {
  state.set_state(value);
  state.set_message(std::move(message));
}

// Where a service stands that has no process.
void DescribeStopped(const World& world, const ServiceDefinition::Spec& definition,
                     const ProcessStatus::Spec& process, State& state) {
  if (definition.once() && HasSucceeded(definition, process)) {
    SetState(state, State::FINISHED, "done");
  } else if (process.backing_off()) {
    SetState(state, State::WAITING, std::format("{}; starts again after a pause", process.ended()));
  } else if (const std::string missing = WaitsFor(world, definition); !missing.empty()) {
    SetState(state, State::WAITING, "waits for " + missing);
  } else if (!process.progress().empty()) {
    SetState(state, State::PREPARING, process.progress());
  } else {
    SetState(state, State::PREPARING, "about to start");
  }
}

State Describe(const World& world, const std::string& id,
               const ServiceDefinition::Spec& definition) {
  const ProcessStatus::Spec& process = SpecOf(world.processes, id);
  const ServiceHealth::Spec& health = SpecOf(world.healths, id);
  State state;
  state.set_internal(definition.internal());
  const bool runs = process.pid() != 0;
  const bool known =
      runs && HasHealthCheck(definition) && world.healths.find(id) != world.healths.end();
  state.set_health_unknown(!known);
  state.set_healthy(known && health.healthy());
  state.set_health_message(known ? health.message() : "");
  if (!runs) {
    DescribeStopped(world, definition, process, state);
  } else if (process.stopping()) {
    SetState(state, State::STOPPING, std::format("process {} was told to end", process.pid()));
  } else {
    SetState(state, State::RUNNING, std::format("process {}", process.pid()));
  }
  return state;
}

// Whether there shall be a process now.
bool ShallRun(const World& world, const std::string& id,
              const ServiceDefinition::Spec& definition) {
  const ProcessStatus::Spec& process = SpecOf(world.processes, id);
  if (definition.once() && HasSucceeded(definition, process)) {
    return false;
  }
  if (process.pid() != 0) {
    return true;
  }
  return !process.backing_off() && WaitsFor(world, definition).empty();
}

}  // namespace

absl::StatusOr<ServiceDecision> DecideServices(const All<ServiceDefinition>& definitions,
                                               const All<ProcessStatus>& processes,
                                               const All<ServiceHealth>& healths) {
  const World world{.definitions = definitions, .processes = processes, .healths = healths};
  ServiceDecision decision;
  auto& [states, wanted, published] = decision;
  for (const auto& row : definitions) {
    const ServiceDefinition::Spec& definition = row.spec();
    State state = Describe(world, row.id(), definition);
    if (!definition.internal()) {
      v1alpha1::Service::Spec service;
      service.set_running(state.state() == State::RUNNING);
      service.set_healthy(state.healthy());
      service.set_unknown(state.health_unknown());
      published.Add(row.id(), std::move(service));
    }
    states.Add(row.id(), std::move(state));
    if (ShallRun(world, row.id(), definition)) {
      ProcessSpec::Spec process;
      *process.mutable_parameters() = definition.process();
      process.set_provisional(definition.provisional());
      wanted.Add(row.id(), std::move(process));
    }
  }
  return decision;
}

}  // namespace ichor
