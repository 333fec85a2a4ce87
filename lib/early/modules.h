// Loading kernel modules, by the text indexes of /lib/modules/<release>.
#pragma once

#include <string_view>

#include "lib/early/console.h"

namespace ichor::early {

class Modules {
 public:
  // `command_line` must outlive the object.
  Modules(std::string_view command_line, const Console& console)
      : command_line_(command_line), console_(console) {}

  // Maps the indexes of the running kernel's modules. Without them nothing is loaded, and all is
  // built in.
  void Open();

  // Loads a module with what it needs. What the indexes do not name, or is loaded, is nothing to
  // do.
  void Load(std::string_view name) const { LoadDeep(name, 0); }
  // Loads all drivers of a device by its modalias, but for those that `modprobe.blacklist=` names.
  void LoadFor(std::string_view modalias) const { LoadAlias(modalias, 0); }
  // The same for every device that sysfs shows now.
  void LoadForAllDevices() const;
  // Of those, only the drivers of watchdogs.
  void LoadForWatchdogs();

 private:
  void LoadDeep(std::string_view name, int depth) const;
  void LoadAlias(std::string_view modalias, int depth) const;
  void LoadFile(std::string_view path, int depth) const;
  void Walk(const char* directory, int depth) const;

  std::string_view command_line_;
  const Console& console_;
  std::string_view only_below_;  // the directory of the drivers that devices get
  Text<128> directory_;
  std::string_view dep_;
  std::string_view alias_;
  std::string_view softdep_;
};

}  // namespace ichor::early
