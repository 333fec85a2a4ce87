// Images of Kubernetes' components: which versions this version of ours runs.
#pragma once

#include <string_view>

#include "lib/config/validate/checker.h"

namespace ichor::config {

// An error for an image whose tag names no version of Kubernetes, or one outside of the window.
// Says nothing where versions may be any (ValidateOptions::local), nor of an empty image.
void CheckKubernetesImage(Checker& checker, std::string_view path, std::string_view image);

}  // namespace ichor::config
