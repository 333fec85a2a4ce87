// The page of the resource types: names, and the keys of their specs as `get -o yaml` shows them.
#pragma once

#include <string>

namespace ichor::reference {

std::string ResourcesPage();

}  // namespace ichor::reference
