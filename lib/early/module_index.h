// Which kernel module is where, needs what, and drives what: the files that depmod writes.
#pragma once

#include <cstdint>
#include <string_view>

#include "lib/early/text.h"

namespace ichor::early {

// Whether `text` matches a pattern of modules.alias: '*', '?' and sets such as [0-9a]. Backtracks
// only to the last '*'.
bool Matches(std::string_view pattern, std::string_view text);

// Whether two names are of one module: '-' and '_' are the same.
bool SameModule(std::string_view a, std::string_view b);

// "dm-mod" of "kernel/drivers/md/dm-mod.ko".
std::string_view ModuleName(std::string_view path);

// The line of modules.dep for a module: "path: path…", what it needs behind the colon, to be loaded
// from the last to the first. Empty if it is not there.
std::string_view FindDependencies(std::string_view modules_dep, std::string_view name);

// Names and aliases of what shall be loaded before a module, from modules.softdep: "softdep NAME
// pre: WORD… post: WORD…".
std::string_view FindSoftDependencies(std::string_view modules_softdep, std::string_view name);

// The options that the kernel's command line has for a module, "name.option=value", as
// finit_module(2) wants them.
Text<1024> OptionsFor(std::string_view command_line, std::string_view name);

// Whether the kernel's command line says that a module is no driver: `modprobe.blacklist=NAME,…`,
// as modprobe(8) has it. What names the module itself loads it all the same.
bool IsDenied(std::string_view command_line, std::string_view name);

// Takes the next module of modules.alias that drives a device off the front of `rest`; empty when
// there is none.
std::string_view NextDriver(std::string_view& rest, std::string_view modalias);

}  // namespace ichor::early
