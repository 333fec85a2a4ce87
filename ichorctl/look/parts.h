// The commands of this directory, one a file.
#pragma once

#include "ichorctl/nodes/node_flags.h"

namespace ichor::ctl {

Command ContainersCommand(const SharedNodeFlags& flags);
Command DiskFreeCommand(const SharedNodeFlags& flags);
Command DisksCommand(const SharedNodeFlags& flags);
Command DmesgCommand(const SharedNodeFlags& flags);
Command EventsCommand(const SharedNodeFlags& flags);
Command ImageCommand(const SharedNodeFlags& flags);
Command InspectCommand(const SharedNodeFlags& flags);
Command ListCommand(const SharedNodeFlags& flags);
Command LogsCommand(const SharedNodeFlags& flags);
Command MemoryCommand(const SharedNodeFlags& flags);
Command MountsCommand(const SharedNodeFlags& flags);
Command NetstatCommand(const SharedNodeFlags& flags);
Command ProcessesCommand(const SharedNodeFlags& flags);
Command ReadCommand(const SharedNodeFlags& flags);
Command ServiceCommand(const SharedNodeFlags& flags);
Command StatsCommand(const SharedNodeFlags& flags);
Command TimeCommand(const SharedNodeFlags& flags);
Command UsageCommand(const SharedNodeFlags& flags);
Command VersionCommand(const SharedNodeFlags& flags);

}  // namespace ichor::ctl
