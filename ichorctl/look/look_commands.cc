#include "ichorctl/look/look_commands.h"

#include "ichorctl/look/parts.h"

namespace ichor::ctl {

std::vector<Command> LookCommands(const SharedNodeFlags& flags) {
  return {ContainersCommand(flags), DiskFreeCommand(flags), DisksCommand(flags),
          DmesgCommand(flags),      EventsCommand(flags),   ImageCommand(flags),
          InspectCommand(flags),    ListCommand(flags),     LogsCommand(flags),
          MemoryCommand(flags),     MountsCommand(flags),   NetstatCommand(flags),
          ProcessesCommand(flags),  ReadCommand(flags),     ServiceCommand(flags),
          StatsCommand(flags),      TimeCommand(flags),     UsageCommand(flags),
          VersionCommand(flags)};
}

}  // namespace ichor::ctl
