// Controllers for tests, over the types of TestType and rows of TestRow.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "lib/runtime/controller.h"
#include "lib/runtime/runtime.h"

namespace ichor {

// What a test sees of a controller's runs, and how it makes them fail. Must outlive the controller.
struct Probe {
  // One entry per run: the rows of all inputs, as "a=1 b=2 | c=3".
  std::vector<std::string> seen;
  // While not OK, runs fail with it.
  absl::Status error;

  size_t runs() const { return seen.size(); }
};

// States the rows of all inputs; of several with one id, that of the first input.
ReconcilerBody TestReconciler(std::string name, std::vector<TypeRef> inputs, TypeRef output,
                              Probe& probe);

// Answers with a status only.
ActuatorBody TestActuator(std::string name, std::vector<TypeRef> inputs, Probe& probe);

// Reports "done TEXT" for each row of its first input, or "failed TEXT" if that begins with "bad".
// While the probe says to fail, all rows are reported as failed.
ActuatorBody TestReporter(std::string name, std::vector<TypeRef> inputs, TypeRef report,
                          Probe& probe);

// What runtime/ControllerStatuses says of a controller: "failing: no luck, 2 failures, retry in
// 200ms"; empty if nothing.
std::string ShowStatus(Runtime& runtime, std::string_view controller);

// The rows of test/`type` as Show gives them.
std::string ShowRows(Store& store, std::string_view type);

}  // namespace ichor
