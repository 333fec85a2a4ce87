// Services that only a config says whether they are wanted.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "ichor/service.resources.h"
#include "lib/runtime/rows.h"
#include "lib/runtime/runtime.h"

namespace ichor {

struct LateService {
  std::string_view source;
  std::vector<Kind> inputs;
  std::function<absl::StatusOr<Desired<services::ServiceDefinition>>(Runtime&)> define;
};

// What a pure function of rows defines.
template <class... In, class F>
LateService LateServiceOf(std::string_view source, F function) {
  return {.source = source,
          .inputs = {TypeRef::Of<In>().kind...},
          .define = [function](Runtime& runtime) { return function(runtime.Read<In>()...); }};
}

// A source of their definitions. A reconciler would hold up all other services until its inputs are
// known, which takes a disk, which is found with their help. In a boot that has just begun nothing
// of them runs, so there are none until that is known; a machined that was started again states
// nothing until then, and so what runs is left as it is. Loop's thread only.
class LateServices {
 public:
  // `fresh`: the boot has just begun. `runtime` outlives this.
  LateServices(Runtime& runtime, std::vector<LateService> services, bool fresh);

  // To be called after each settle.
  void OnSettled();

 private:
  struct Stated {
    LateService service;
    std::string text;  // of what was stated last
  };

  void State(Stated& stated);

  Runtime& runtime_;
  std::vector<Stated> services_;
};

}  // namespace ichor
