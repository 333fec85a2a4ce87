#include "lib/sys/volume/fake_efi_variables.h"

namespace ichor::sys {

absl::StatusOr<std::vector<std::string>> FakeEfiVariables::List() {
  std::vector<std::string> names;
  names.reserve(variables.size());
  for (const auto& [name, bytes] : variables) {
    names.push_back(name);
  }
  return names;
}

absl::StatusOr<std::string> FakeEfiVariables::Read(const std::string& name) {
  const auto found = variables.find(name);
  return found == variables.end() ? absl::StatusOr<std::string>(absl::NotFoundError(name))
                                  : found->second;
}

absl::Status FakeEfiVariables::Write(const std::string& name, std::string_view bytes) {
  if (error.ok()) {
    variables[name] = std::string(bytes);
  }
  return error;
}

}  // namespace ichor::sys
