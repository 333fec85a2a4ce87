// What URLs of configs may ask of the machine.
#pragma once

#include "lib/runtime/runtime.h"
#include "machined/sources/url.h"

namespace ichor {

// As the rows say now; a variable is there once it is known, if only as being empty.
UrlVariables VariablesOf(Runtime& runtime);

}  // namespace ichor
