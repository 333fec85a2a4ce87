#include "qemu-tests/monitor.h"

#include <format>

#include "lib/base/status.h"
#include "qemu-tests/injector.h"

namespace ichor::qemu {
namespace {

// The monitor speaks in lines too: first a greeting, then an answer to each command. Events have
// no "return".
absl::Status Order(const std::string& path, int machine, const std::string& command) {
  ASSIGN_OR_RETURN(Injector monitor, Injector::Connect(path, machine));
  RETURN_IF_ERROR(monitor.Send(R"({"execute":"qmp_capabilities"})"));
  RETURN_IF_ERROR(monitor.Send(command));
  for (int answers = 0; answers < 2;) {
    ASSIGN_OR_RETURN(const std::string line, monitor.Line());
    if (line.contains("\"error\"")) {
      return absl::InternalError(line);
    }
    answers += line.contains("\"return\"") ? 1 : 0;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status UnplugNic(const std::string& path, int machine, const std::string& device) {
  return Order(
      path, machine,
      std::format(R"({{"execute":"set_link","arguments":{{"name":"{}","up":false}}}})", device));
}

absl::Status Reset(const std::string& path, int machine) {
  return Order(path, machine, R"({"execute":"system_reset"})");
}

}  // namespace ichor::qemu
