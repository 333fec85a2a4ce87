#include "lib/dashboard/view.h"

#include <algorithm>
#include <iterator>

namespace ichor::dashboard {
namespace {

// The log that is `step` further down the list; the ends of it are ends.
std::string LogBeside(const Model& model, const std::string& log, std::ptrdiff_t step) {
  const std::vector<std::string> logs = LogsOf(model);
  const auto found = std::ranges::find(logs, log);
  const std::ptrdiff_t at = found == logs.end() ? 0 : found - logs.begin();
  const auto last = static_cast<std::ptrdiff_t>(logs.size()) - 1;
  return logs[static_cast<size_t>(std::clamp<std::ptrdiff_t>(at + step, 0, last))];
}

}  // namespace

std::vector<std::string> LogsOf(const Model& model) {
  std::vector<std::string> logs = {"dmesg"};
  logs.reserve(model.services.size() + 1);
  for (const auto& [id, service] : model.services) {
    logs.push_back(id);
  }
  return logs;
}

bool HasNetworkPage(const View& view, const std::vector<Model>& nodes) {
  return view.on_console && TakesNetworkForm(nodes.at(view.node));
}

View After(View view, Key key, const std::vector<Model>& nodes) {
  switch (key) {
    case Key::kF1:
      view.page = Page::kSummary;
      break;
    case Key::kF2:
      view.page = Page::kMonitor;
      break;
    case Key::kF3:
      view.page = Page::kLogs;
      break;
    case Key::kF4:
      view.page = HasNetworkPage(view, nodes) ? Page::kNetwork : view.page;
      break;
    case Key::kLeft:
      view.node = (view.node + nodes.size() - 1) % nodes.size();
      break;
    case Key::kRight:
      view.node = (view.node + 1) % nodes.size();
      break;
    case Key::kUp:
      view.log = LogBeside(nodes[view.node], view.log, -1);
      break;
    case Key::kDown:
      view.log = LogBeside(nodes[view.node], view.log, 1);
      break;
    case Key::kPause:
      view.paused = !view.paused;
      break;
    case Key::kQuit:
      view.over = !view.on_console;
      break;
    default:
      break;
  }
  return view;
}

}  // namespace ichor::dashboard
