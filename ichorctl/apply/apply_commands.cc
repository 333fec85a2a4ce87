#include "ichorctl/apply/apply_commands.h"

#include "ichorctl/apply/parts.h"

namespace ichor::ctl {

std::vector<Command> ApplyCommands(const SharedNodeFlags& flags) {
  return {ApplyConfigCommand(flags), ConfirmCommand(flags), EditCommand(flags),
          PatchNodeCommand(flags), PlanCommand(flags)};
}

}  // namespace ichor::ctl
