#include "machined/services/problem.h"

namespace ichor {

std::string_view ProblemOf(const v1alpha1::Service::Spec& service) {
  if (!service.running()) {
    return "not running";
  }
  return service.healthy() || service.unknown() ? "" : "not healthy";
}

}  // namespace ichor
