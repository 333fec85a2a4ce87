// A registered controller without its C++ types: what it reads, what it writes, and the function.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/resource/writers.h"
#include "lib/runtime/rows.h"

namespace ichor {

// A type in a namespace, as an input or output.
struct TypeRef {
  Kind kind;
  Writers writers = Writers::kOne;

  template <class T>
  static TypeRef Of() {
    return {.kind = {.ns = std::string(T::kNamespace), .type = std::string(T::kType)},
            .writers = T::kWriters};
  }
};

// The same resource type in another namespace than its default one: layered network specs, raw
// affiliates.
//   All<InNamespace<HostnameSpec, "network-config">>
template <size_t N>
struct NamespaceName {
  // NOLINTNEXTLINE(google-explicit-constructor): a literal as template argument
  consteval NamespaceName(const char (&text)[N]) { std::copy_n(text, N, value); }
  char value[N];
};
template <class T, NamespaceName Name>
struct InNamespace : T {
  static constexpr std::string_view kNamespace = Name.value;
};

enum class ControllerKind : std::uint8_t { kSource, kReconciler, kActuator };

// "source", "reconciler" or "actuator".
std::string_view ToString(ControllerKind kind);

// One snapshot per input, in order of the inputs.
using Inputs = std::vector<Snapshot>;

// An actuator's result: its status, and the rows of its report if it has one.
struct Outcome {
  absl::Status status;
  Rows report;
};

struct ReconcilerBody {
  std::string name;
  std::vector<TypeRef> inputs;
  std::vector<TypeRef> outputs;
  // Answers with the rows of each output, in order of the outputs.
  std::function<absl::StatusOr<std::vector<Rows>>(const Inputs&)> run;
};

struct ActuatorBody {
  std::string name;
  std::vector<TypeRef> inputs;
  std::vector<TypeRef> outputs;  // the report's type, or none
  std::function<Outcome(const Inputs&)> run;
};

}  // namespace ichor
