// What of the dashboard is looked at, and how keys change that. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lib/dashboard/keys.h"
#include "lib/dashboard/model.h"

namespace ichor::dashboard {

enum class Page : std::uint8_t { kSummary, kMonitor, kLogs };

struct View {
  Page page = Page::kSummary;
  size_t node = 0;            // which of the nodes
  std::string log = "dmesg";  // whose, on the page of logs
  bool paused = false;        // what is shown does not change
  bool over = false;          // somebody has had enough
};

// The logs that there are: the kernel's and those of services, as the page of logs lists them.
std::vector<std::string> LogsOf(const Model& model);

// The view after a key. `nodes` has one at least; `can_quit`: not on a machine's own console.
View After(View view, Key key, const std::vector<Model>& nodes, bool can_quit);

}  // namespace ichor::dashboard
