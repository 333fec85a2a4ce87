#include "lib/sys/volume/fake_programs.h"

#include "absl/strings/str_join.h"

namespace ichor::sys {

absl::Status FakePrograms::Run(const std::vector<std::string>& command,
                               std::chrono::seconds /*limit*/) {
  commands.push_back(absl::StrJoin(command, " "));
  return behaviour_ ? behaviour_(command) : absl::OkStatus();
}

}  // namespace ichor::sys
