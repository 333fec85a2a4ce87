#include "lib/runtime/test_controllers.h"

#include <chrono>
#include <format>
#include <map>
#include <utility>

#include "ichor/resource.resources.h"
#include "lib/base/status.h"
#include "lib/runtime/test_resources.h"

namespace ichor {
namespace {

using StatusSpec = runtime::ControllerStatus::Spec;

std::string Describe(const Inputs& inputs) {
  std::string text;
  for (size_t i = 0; i < inputs.size(); ++i) {
    text += i == 0 ? "" : " | ";
    for (const ResourcePtr& row : *inputs[i]) {
      text += std::format("{}{}={}", row == inputs[i]->front() ? "" : " ", row->metadata.id,
                          TextOf(*row));
    }
  }
  return text;
}

absl::StatusOr<std::vector<Rows>> Merge(const Inputs& inputs) {
  std::map<std::string, DesiredRow> merged;
  for (const Snapshot& input : inputs) {
    for (const ResourcePtr& row : *input) {
      merged.insert({row->metadata.id, TestRow(row->metadata.id, TextOf(*row))});
    }
  }
  Rows rows;
  for (auto& [id, row] : merged) {
    rows.push_back(std::move(row));
  }
  std::vector<Rows> outputs;
  outputs.push_back(std::move(rows));
  return outputs;
}

Outcome ReportOn(const std::vector<ResourcePtr>& desired, const absl::Status& error) {
  Outcome outcome;
  for (const ResourcePtr& row : desired) {
    const bool bad = !error.ok() || TextOf(*row).starts_with("bad");
    const std::string text = std::format("{} {}", bad ? "failed" : "done", TextOf(*row));
    outcome.report.push_back(TestRow(row->metadata.id, text));
    if (bad) {
      outcome.status.Update(error.ok() ? absl::UnavailableError(row->metadata.id + " is bad")
                                       : error);
    }
  }
  return outcome;
}

}  // namespace

ReconcilerBody TestReconciler(std::string name, std::vector<TypeRef> inputs, TypeRef output,
                              Probe& probe) {
  return {.name = std::move(name),
          .inputs = std::move(inputs),
          .outputs = {std::move(output)},
          .run = [&probe](const Inputs& inputs) -> absl::StatusOr<std::vector<Rows>> {
            probe.seen.push_back(Describe(inputs));
            if (!probe.error.ok()) {
              return probe.error;
            }
            return Merge(inputs);
          }};
}

ActuatorBody TestActuator(std::string name, std::vector<TypeRef> inputs, Probe& probe) {
  return {.name = std::move(name),
          .inputs = std::move(inputs),
          .outputs = {},
          .run = [&probe](const Inputs& inputs) -> Outcome {
            probe.seen.push_back(Describe(inputs));
            return {.status = probe.error, .report = {}};
          }};
}

ActuatorBody TestReporter(std::string name, std::vector<TypeRef> inputs, TypeRef report,
                          Probe& probe) {
  return {.name = std::move(name),
          .inputs = std::move(inputs),
          .outputs = {std::move(report)},
          .run = [&probe](const Inputs& inputs) {
            probe.seen.push_back(Describe(inputs));
            return ReportOn(*inputs.front(), probe.error);
          }};
}

std::string ShowStatus(Runtime& runtime, std::string_view controller) {
  const auto statuses = runtime.Read<runtime::ControllerStatus>();
  const auto status = statuses.find(controller);
  if (status == statuses.end()) {
    return "";
  }
  const StatusSpec& spec = status->spec();
  std::string phase = StatusSpec::Phase_Name(spec.phase());
  std::string text;
  for (const char c : phase) {
    text += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  text += spec.error().empty() ? "" : ": " + spec.error();
  text += spec.failures() == 0 ? "" : std::format(", {} failures", spec.failures());
  if (spec.has_next_retry()) {
    const auto retry = std::chrono::seconds(spec.next_retry().seconds()) +
                       std::chrono::nanoseconds(spec.next_retry().nanos());
    text +=
        std::format(", retry in {}", std::chrono::duration_cast<std::chrono::milliseconds>(retry));
  }
  return text;
}

std::string ShowRows(Store& store, std::string_view type) {
  return Show(*store.List("test", type));
}

}  // namespace ichor
