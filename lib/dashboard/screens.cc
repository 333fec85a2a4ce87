#include "lib/dashboard/screens.h"

#include <algorithm>
#include <cstdint>
#include <format>
#include <utility>

#include "absl/strings/str_split.h"
#include "ftxui/dom/elements.hpp"
#include "ftxui/screen/screen.hpp"
#include "lib/base/status.h"
#include "lib/dashboard/facts.h"
#include "lib/dashboard/graph.h"

namespace ichor::dashboard {
namespace {

using ftxui::Element;
using ftxui::Elements;

constexpr int kWide = 110;  // columns from which on three boxes stand side by side

// One page, as it is drawn.
class Sheet {
 public:
  Sheet(const std::vector<Model>& nodes, const View& view, const Paper& paper, base::WallTime now)
      : nodes_(nodes), view_(view), model_(nodes.at(view.node)), paper_(paper), now_(now) {}

  Element Whole() const { return ftxui::vbox({Header(), Body() | ftxui::yflex, Footer()}); }

 private:
  // Colours, where there are some.
  Element Title(const std::string& text) const {
    Element element = ftxui::text(Printable(text));
    return paper_.colours ? element | ftxui::bold | ftxui::color(ftxui::Color::Green) : element;
  }
  Element Good(const std::string& text) const { return Coloured(text, ftxui::Color::Green); }
  Element Bad(const std::string& text) const { return Coloured(text, ftxui::Color::Red); }
  Element Coloured(const std::string& text, ftxui::Color colour) const {
    Element element = ftxui::text(Printable(text));
    return paper_.colours ? element | ftxui::color(colour) : element;
  }
  Element Value(const std::string& text) const {
    for (const char* const good : {"true", "running", "healthy", "ready", "OK"}) {
      if (text == good) {
        return Good(text);
      }
    }
    for (const char* const bad : {"false", "not running", "not healthy", "not ready", "FAILED"}) {
      if (text == bad) {
        return Bad(text);
      }
    }
    return ftxui::text(Printable(text));
  }
  Element Line(const std::string& title) const {
    return ftxui::hbox({ftxui::text("-- "), Title(title), ftxui::text(" "),
                        ftxui::text(std::string(static_cast<size_t>(paper_.columns), '-'))});
  }

  Element Header() const;
  Element Footer() const;
  Element Body() const;
  Element Summary() const;
  Element Monitor() const;
  Element Logs() const;
  Element Network() const;
  Element FormField(NetworkForm::Field field) const;
  Element Facts(const std::vector<Fact>& facts) const;
  Element Services() const;
  Element LastLines(const std::string& log) const;
  Element Share(const std::string& name, double share, const std::string& text, int columns) const;
  Element Rate(const std::string& name, const History& history, int columns) const;
  Element Curve(const std::string& name, const History& history, double top,
                const std::string& text, int columns) const;
  Element Processes(int rows) const;

  const std::vector<Model>& nodes_;
  const View& view_;
  const Model& model_;
  const Paper& paper_;
  const base::WallTime now_;
};

std::string Percent(double share) {
  return std::format("{:.0f}%", share * 100);
}

Element Sheet::Header() const {
  const Figures& figures = model_.figures;
  std::string version;
  for (const auto& [id, row] : model_.versions) {
    version = std::format("{} {}", row.name(), row.version());
    break;
  }
  std::string about;
  if (figures.boot_time) {
    about += std::format("  up {}", Since(*figures.boot_time, now_));
  }
  if (figures.processors > 0) {
    about += std::format("  {} x {:.1f} GHz", figures.processors, figures.megahertz / 1000);
  }
  if (figures.memory_bytes > 0) {
    about +=
        std::format("  {} RAM  CPU {}  RAM {}", Amount(static_cast<double>(figures.memory_bytes)),
                    Percent(figures.cpu_user.last() + figures.cpu_system.last()),
                    Percent(figures.memory_used.last()));
  }
  if (!figures.processes.empty()) {
    about += std::format("  {} PROCS", figures.processes.size());
  }
  return ftxui::hbox({ftxui::text(" "), Title(NameOf(model_)),
                      ftxui::text(Printable(std::format("  {}{}", version, about))) | ftxui::flex,
                      Bad(view_.paused ? " PAUSED " : "")});
}

Element Sheet::Footer() const {
  Elements parts = {ftxui::text("[")};
  for (size_t i = 0; i < nodes_.size(); ++i) {
    const std::string name = (i == 0 ? "" : " | ") + NameOf(nodes_[i]);
    parts.push_back(i == view_.node ? Title(name) : ftxui::text(Printable(name)));
  }
  parts.push_back(ftxui::text("]"));
  std::vector<std::pair<Page, const char*>> pages = {
      {Page::kSummary, "F1: Summary"}, {Page::kMonitor, "F2: Monitor"}, {Page::kLogs, "F3: Logs"}};
  if (HasNetworkPage(view_, nodes_)) {
    pages.emplace_back(Page::kNetwork, "F4: Network");
  }
  for (const auto& [page, name] : pages) {
    parts.push_back(ftxui::text(" --- ["));
    const std::string mark = page == view_.page && !paper_.colours ? "*" : "";
    parts.push_back(page == view_.page ? Title(mark + name) : ftxui::text(name));
    parts.push_back(ftxui::text("]"));
  }
  return ftxui::hbox(std::move(parts));
}

Element Sheet::Body() const {
  switch (view_.page) {
    case Page::kMonitor:
      return Monitor();
    case Page::kLogs:
      return Logs();
    case Page::kNetwork:
      return Network();
    case Page::kSummary:
      break;
  }
  return Summary();
}

Element Sheet::Facts(const std::vector<Fact>& facts) const {
  Elements names;
  Elements values;
  names.reserve(facts.size());
  values.reserve(facts.size());
  for (const Fact& fact : facts) {
    names.push_back(ftxui::text(" " + fact.name + "  "));
    values.push_back(Value(fact.value));
  }
  return ftxui::hbox(
      {ftxui::vbox(std::move(names)), ftxui::vbox(std::move(values)) | ftxui::xflex});
}

Element Sheet::Services() const {
  const std::vector<Fact> services = ServiceFacts(model_);
  Elements parts;
  parts.reserve(services.size());
  for (const Fact& service : services) {
    parts.push_back(ftxui::hbox({ftxui::text(" " + Printable(service.name) + " "),
                                 Value(service.value), ftxui::text(" ")}));
  }
  return parts.empty() ? ftxui::text(" none") : ftxui::hflow(std::move(parts));
}

Element Sheet::LastLines(const std::string& log) const {
  Elements lines;
  if (const auto found = model_.logs.find(log); found != model_.logs.end()) {
    const auto& all = found->second.lines;
    const auto room = static_cast<size_t>(std::max(paper_.rows, 0));
    for (size_t i = all.size() - std::min(all.size(), room); i < all.size(); ++i) {
      lines.push_back(ftxui::text(Printable(all[i])));
    }
  }
  return ftxui::vbox(std::move(lines)) | ftxui::focusPositionRelative(0, 1) | ftxui::yframe |
         ftxui::yflex;
}

Element Sheet::Summary() const {
  std::vector<Fact> machine = MachineFacts(model_);
  const std::vector<Fact> kubernetes = KubernetesFacts(model_);
  Elements boxes;
  if (paper_.columns >= kWide) {
    boxes = {Facts(machine) | ftxui::xflex,
             kubernetes.empty() ? ftxui::text("") : Facts(kubernetes) | ftxui::xflex};
  } else {
    machine.insert(machine.end(), kubernetes.begin(), kubernetes.end());
    boxes = {Facts(machine) | ftxui::size(ftxui::WIDTH, ftxui::EQUAL, paper_.columns / 2)};
  }
  boxes.push_back(Facts(NetworkFacts(model_)) | ftxui::xflex);
  Elements parts = {Line("Node"), ftxui::hbox(std::move(boxes)), Line("Services"), Services()};
  if (const std::vector<std::string> problems = Problems(model_); !problems.empty()) {
    parts.push_back(Line("Not well"));
    constexpr size_t kMostProblems = 4;
    for (size_t i = 0; i < std::min(problems.size(), kMostProblems); ++i) {
      parts.push_back(Bad(" " + problems[i]));
    }
    if (problems.size() > kMostProblems) {
      parts.push_back(Bad(std::format(" and {} more", problems.size() - kMostProblems)));
    }
  }
  parts.push_back(Line("Kernel log"));
  parts.push_back(LastLines("dmesg"));
  return ftxui::vbox(std::move(parts));
}

Element Sheet::Share(const std::string& name, double share, const std::string& text,
                     int columns) const {
  const int room = std::max(columns - 24, 4);
  std::string bar;
  for (int i = 0; i < room; ++i) {
    const bool filled = share * room > i;
    bar += filled ? (paper_.blocks == Blocks::kAscii ? "#" : "█") : "-";
  }
  return ftxui::hbox({ftxui::text(std::format(" {:<5}", name)), Good(bar),
                      ftxui::text(std::format(" {:<16}", text))}) |
         ftxui::size(ftxui::WIDTH, ftxui::EQUAL, columns);
}

Element Sheet::Rate(const std::string& name, const History& history, int columns) const {
  const int room = std::max(columns - 28, 4);
  return ftxui::hbox({ftxui::text(std::format(" {:<11}", name)),
                      Good(Graph(history, room, 1, 0, paper_.blocks).front()),
                      ftxui::text(std::format(" {:>12}/s", Amount(history.last())))}) |
         ftxui::size(ftxui::WIDTH, ftxui::EQUAL, columns);
}

Element Sheet::Curve(const std::string& name, const History& history, double top,
                     const std::string& text, int columns) const {
  const int rows = std::max((paper_.rows - 16) / 4, 2);
  Elements lines = {ftxui::text(std::format(" {} {}", name, text))};
  for (const std::string& line : Graph(history, columns - 2, rows, top, paper_.blocks)) {
    lines.push_back(ftxui::hbox({ftxui::text(" "), Good(line)}));
  }
  return ftxui::vbox(std::move(lines)) | ftxui::size(ftxui::WIDTH, ftxui::EQUAL, columns);
}

Element Sheet::Processes(int rows) const {
  Elements lines = {
      Title(std::format("{:>7} {:<1} {:>5} {:>5} {:>10} {:>10} {:>9} {:>4}  {}", "PID", "S", "CPU%",
                        "MEM%", "VIRT", "RES", "TIME+", "THR", "COMMAND"))};
  const auto& processes = model_.figures.processes;
  for (size_t i = 0; i < std::min(processes.size(), static_cast<size_t>(std::max(rows, 0))); ++i) {
    const ProcessRow& row = processes[i];
    lines.push_back(ftxui::text(Printable(std::format(
        "{:>7} {:<1} {:>5.1f} {:>5.1f} {:>10} {:>10} {:>9.2f} {:>4}  {}", row.pid, row.state,
        row.cpu * 100, row.memory * 100, Amount(static_cast<double>(row.virtual_bytes)),
        Amount(static_cast<double>(row.resident_bytes)), row.cpu_seconds, row.threads,
        row.command))));
  }
  return ftxui::vbox(std::move(lines));
}

Element Sheet::Monitor() const {
  const Figures& f = model_.figures;
  const int half = paper_.columns / 2;
  const auto beside = [](Element left, Element right) {
    return ftxui::hbox({std::move(left), std::move(right)});
  };
  const std::string memory = std::format("{} of {}", Percent(f.memory_used.last()),
                                         Amount(static_cast<double>(f.memory_bytes)));
  return ftxui::vbox(
      {Line("Now"),
       beside(Share("CPU", f.cpu_user.last() + f.cpu_system.last(),
                    Percent(f.cpu_user.last() + f.cpu_system.last()), half),
              Share("MEM", f.memory_used.last(), memory, half)),
       beside(Rate("NET RX", f.received, half), Rate("NET TX", f.sent, half)),
       beside(Rate("DISK READ", f.read, half), Rate("DISK WRITE", f.written, half)),
       Line("Over time"),
       beside(Curve("CPU USER", f.cpu_user, 1, Percent(f.cpu_user.last()), half),
              Curve("MEM USED", f.memory_used, 1, Percent(f.memory_used.last()), half)),
       beside(Curve("CPU SYSTEM", f.cpu_system, 1, Percent(f.cpu_system.last()), half),
              Curve("LOAD AVG 60sec", f.load, 0, std::format("{:.2f}", f.load.last()), half)),
       Line("Processes"), Processes(paper_.rows) | ftxui::yflex});
}

Element Sheet::Logs() const {
  const std::vector<std::string> logs = LogsOf(model_);
  Elements names;
  names.reserve(logs.size());
  for (const std::string& name : logs) {
    names.push_back(name == view_.log ? Title("> " + name) : ftxui::text("  " + Printable(name)));
  }
  constexpr int kNamesWidth = 18;
  return ftxui::vbox({Line(std::format("Log of {} (up, down: another one)", view_.log)),
                      ftxui::hbox({ftxui::vbox(std::move(names)) |
                                       ftxui::size(ftxui::WIDTH, ftxui::EQUAL, kNamesWidth),
                                   LastLines(view_.log) | ftxui::xflex}) |
                          ftxui::yflex});
}

Element Sheet::FormField(NetworkForm::Field field) const {
  const NetworkForm& form = view_.form;
  const bool here = form.at == field;
  const bool chosen = field == NetworkForm::kInterface || field == NetworkForm::kMode;
  const std::string name = std::format("{} {:<13} ", here ? ">" : " ", NetworkForm::kNames[field]);
  std::string value = ShownField(form, field, model_);
  if (chosen) {
    value = std::format("< {} >", value);
  } else if (field == NetworkForm::kSave) {
    value = "enter: write it to META";
  } else if (here) {
    value += "_";
  }
  return ftxui::hbox({here ? Title(name) : ftxui::text(name), ftxui::text(Printable(value))});
}

// The form, and beside it what it says, or what of it makes no sense.
Element Sheet::Network() const {
  Elements fields;
  for (std::uint8_t field = 0; field < NetworkForm::kFields; ++field) {
    fields.push_back(FormField(static_cast<NetworkForm::Field>(field)));
  }
  fields.push_back(ftxui::text(""));
  const std::string& outcome = view_.form.outcome;
  fields.push_back(view_.form.failed ? Bad(outcome) : Good(outcome));
  const absl::StatusOr<std::string> config = PlatformConfigOf(view_.form, model_);
  Elements lines;
  if (config.ok()) {
    for (const absl::string_view line : absl::StrSplit(*config, '\n')) {
      lines.push_back(ftxui::text(Printable(std::string(line))));
    }
  } else {
    lines.push_back(ftxui::paragraph(Printable(std::string(base::MessageOf(config.status())))));
  }
  const int half = paper_.columns / 2;
  return ftxui::vbox(
      {Line("Network of a machine without DHCP (tab, up, down: a field; left, right: choose)"),
       ftxui::hbox({ftxui::vbox(std::move(fields)) | ftxui::size(ftxui::WIDTH, ftxui::EQUAL, half),
                    ftxui::vbox(std::move(lines)) | ftxui::xflex}) |
           ftxui::yflex});
}

}  // namespace

std::vector<std::string> Lines(const std::vector<Model>& nodes, const View& view,
                               const Paper& paper, base::WallTime now) {
  auto screen = ftxui::Screen::Create(ftxui::Dimension::Fixed(std::max(paper.columns, 1)),
                                      ftxui::Dimension::Fixed(std::max(paper.rows, 1)));
  ftxui::Render(screen, Sheet(nodes, view, paper, now).Whole());
  std::vector<std::string> lines;
  for (const absl::string_view line : absl::StrSplit(screen.ToString(), '\n')) {
    lines.emplace_back(line.substr(0, line.find('\r')));
  }
  return lines;
}

std::string DrawingOf(const std::vector<std::string>& lines) {
  std::string bytes = "\x1b[?25l\x1b[H";  // no cursor; from the first line on
  for (size_t i = 0; i < lines.size(); ++i) {
    bytes += (i == 0 ? "" : "\r\n") + lines[i] + "\x1b[K";  // and nothing of the old line
  }
  return bytes + "\x1b[J";  // nor of the old lines below
}

}  // namespace ichor::dashboard
