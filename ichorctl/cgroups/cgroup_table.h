// The control groups of a node, as a table. Pure. See cgroups(7) and the kernel's cgroup-v2.rst.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ichorctl/files/table.h"

namespace ichor::ctl {

// The files of one group, by name: "memory.current".
using CgroupFiles = std::map<std::string, std::string, std::less<>>;

struct Cgroups {
  std::map<std::string, CgroupFiles> groups;              // by path below the root: "system/apid"
  std::map<std::string, std::string, std::less<>> disks;  // names by number: "8:0" is "sda"
  std::map<std::string, std::string, std::less<>> processes;  // names by id
};

// What a table may be about: cpu, cpuset, io, memory, process, psi, swap.
std::vector<std::string> CgroupPresets();

// The files that any preset reads, and those that say which processes are where.
bool IsCgroupFile(std::string_view name);

// One row for each group, below the group that it is in; with the names of their processes below
// them. What a group does not have is "-". InvalidArgument if there is no such preset.
absl::StatusOr<Table> CgroupTable(const Cgroups& cgroups, std::string_view preset);

}  // namespace ichor::ctl
