// What is wrong with a service, in words for people.
#pragma once

#include <string_view>

#include "talos/resource/definitions/v1alpha1/v1alpha1.resources.h"

namespace ichor {

// "not running", "not healthy", or "" if it is well: it runs, and is healthy or nobody looks.
std::string_view ProblemOf(const v1alpha1::Service::Spec& service);

}  // namespace ichor
