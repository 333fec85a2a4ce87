#include "qemu-tests/node_notes.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <format>
#include <fstream>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ichor::qemu {
namespace {

constexpr std::chrono::seconds kPatience{10};

std::vector<NotedNode*>& Nodes() {
  static std::vector<NotedNode*> nodes;
  return nodes;
}

absl::StatusOr<std::string> Services(NodeApi& api) {
  ASSIGN_OR_RETURN(const auto services, api.Services());
  std::string text;
  for (const auto& service : services) {
    text += service.DebugString() + "\n";
  }
  return text;
}

absl::StatusOr<std::string> Processes(NodeApi& api) {
  ASSIGN_OR_RETURN(const auto processes, api.Processes());
  std::string text;
  for (const auto& process : processes) {
    text += std::format("{:>6} {:>6} {} {:>9} KiB {}\n", process.pid(), process.ppid(),
                        process.state(), process.resident_memory() >> 10, process.args());
  }
  return text;
}

absl::StatusOr<std::string> State(NodeApi& api) {
  std::string text;
  for (const char* const type :
       {"MachineStatuses.runtime.talos.dev", "Diagnostics.runtime.talos.dev",
        "CrashRecords.runtime.ichor.dev", "ServiceStates.runtime.ichor.dev",
        "ProcessStatuses.runtime.ichor.dev", "ControllerStatuses.runtime.ichor.dev",
        "SystemDisks.block.talos.dev"}) {
    ASSIGN_OR_RETURN(const std::string rows, api.Yaml({.ns = "runtime", .type = type}));
    text += rows;
  }
  return text;
}

}  // namespace

NotedNode::NotedNode(NodeApi& api, std::string directory)
    : api_(api), directory_(std::move(directory)) {
  Nodes().push_back(this);
}

NotedNode::~NotedNode() {
  std::erase(Nodes(), this);
}

void NotedNode::Write() {
  if (std::exchange(written_, true)) {
    return;
  }
  using Read = absl::StatusOr<std::string> (*)(NodeApi&);
  const std::array<std::pair<const char*, Read>, 7> notes = {{
      {"state.yaml", State},
      {"services.txt", Services},
      {"processes.txt", Processes},
      {"dmesg.txt", [](NodeApi& api) { return api.Dmesg(); }},
      {"machined.log", [](NodeApi& api) { return api.Logs("machined"); }},
      {"networkd.log", [](NodeApi& api) { return api.Logs("networkd"); }},
      {"apid.log", [](NodeApi& api) { return api.Logs("apid"); }},
  }};
  api_.SetPatience(kPatience);
  for (const auto& [name, read] : notes) {
    const absl::StatusOr<std::string> text = read(api_);
    std::ofstream(std::format("{}/{}", directory_, name))
        << (text.ok() ? *text : std::format("not read: {}\n", base::MessageOf(text.status())));
    if (!text.ok() && !absl::IsNotFound(text.status())) {
      break;  // it does not answer
    }
  }
  api_.SetPatience(NodeApi::kPatience);
}

void NoteNodes() {
  for (NotedNode* const node : std::vector(Nodes())) {
    node->Write();
  }
}

}  // namespace ichor::qemu
