#include "ichorctl/control/control_commands.h"

#include "ichorctl/control/parts.h"

namespace ichor::ctl {

std::vector<Command> ControlCommands(const SharedNodeFlags& flags) {
  return {HealthCommand(flags),   MetaCommand(flags),    RebootCommand(flags),
          ResetCommand(flags),    RestartCommand(flags), RollbackCommand(flags),
          ShutdownCommand(flags), WipeCommand(flags)};
}

}  // namespace ichor::ctl
