#include "machined/services/problem.h"

#include "catch2/catch_test_macros.hpp"

namespace ichor {
namespace {

v1alpha1::Service::Spec Service(bool running, bool healthy, bool unknown) {
  v1alpha1::Service::Spec service;
  service.set_running(running);
  service.set_healthy(healthy);
  service.set_unknown(unknown);
  return service;
}

}  // namespace

TEST_CASE("service problems: a service that runs is well unless a check says otherwise") {
  CHECK(ProblemOf(Service(true, true, false)).empty());
  CHECK(ProblemOf(Service(true, false, true)).empty());
  CHECK(ProblemOf(Service(true, false, false)) == "not healthy");
}

TEST_CASE("service problems: what a check said does not count for a service that does not run") {
  CHECK(ProblemOf(Service(false, true, false)) == "not running");
  CHECK(ProblemOf(Service(false, false, true)) == "not running");
}

}  // namespace ichor
