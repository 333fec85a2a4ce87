// The page of the API: methods, who may call them, messages.
#pragma once

#include <string>

namespace ichor::reference {

std::string ApiPage();

}  // namespace ichor::reference
