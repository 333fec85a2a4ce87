// The network cards of a machine, as its buses show them: what the node's API is reached by comes
// first.
#pragma once

#include <dirent.h>

#include <array>
#include <string_view>

#include "lib/early/file.h"
#include "lib/early/text.h"

namespace ichor::coldplug {

using Path = early::Text<1024>;

// Whether the modalias is that of a network card.
bool IsNetworkCard(std::string_view modalias);

// Calls `each` with the path of every entry, links too, but for hidden ones.
template <class Each>
void ForEach(const Path& directory, const Each& each) {
  DIR* entries = ::opendir(directory.c_str());
  if (entries == nullptr) return;
  while (const dirent* entry = ::readdir(entries)) {
    if (entry->d_name[0] == '.') continue;
    const Path path{directory.view(), "/", entry->d_name};
    if (path.fits()) each(path, *entry);
  }
  ::closedir(entries);
}

// Calls `each` with the path and the modalias of every network card. `sysfs` is /sys.
template <class Each>
void ForEachNetworkCard(const char* sysfs, const Each& each) {
  ForEach(Path{sysfs, "/bus"}, [&](const Path& bus, const dirent&) {
    ForEach(Path{bus.view(), "/devices"}, [&](const Path& device, const dirent&) {
      std::array<char, 512> buffer{};
      const Path file{device.view(), "/modalias"};
      const auto modalias = early::ReadLine(file.c_str(), buffer);
      if (modalias.has_value() && IsNetworkCard(*modalias)) each(device, *modalias);
    });
  });
}

}  // namespace ichor::coldplug
