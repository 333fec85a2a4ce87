// What of the dashboard is looked at, and how keys change that. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lib/dashboard/keys.h"
#include "lib/dashboard/model.h"
#include "lib/dashboard/network_form.h"

namespace ichor::dashboard {

enum class Page : std::uint8_t { kSummary, kMonitor, kLogs, kNetwork };

struct View {
  Page page = Page::kSummary;
  size_t node = 0;            // which of the nodes
  std::string log = "dmesg";  // whose, on the page of logs
  bool paused = false;        // what is shown does not change
  bool over = false;          // somebody has had enough
  bool on_console = false;    // of the machine itself, which cannot be quit
  NetworkForm form;           // on the page of the network
};

// The logs that there are: the kernel's and those of services, as the page of logs lists them.
std::vector<std::string> LogsOf(const Model& model);

// Whether the page of the network is there: on the console of a node that takes the form.
bool HasNetworkPage(const View& view, const std::vector<Model>& nodes);

// The view after a key. `nodes` has one at least.
View After(View view, Key key, const std::vector<Model>& nodes);

}  // namespace ichor::dashboard
