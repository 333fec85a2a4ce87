#include "ichorctl/control/progress.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <format>
#include <ostream>
#include <string_view>

#include "absl/strings/numbers.h"

namespace ichor::ctl {
namespace {

constexpr std::chrono::milliseconds kTurn{125};

// Of the terminal.
size_t ColumnsOf(const Session& session) {
  constexpr size_t kUsual = 80;
  size_t columns = 0;
  return absl::SimpleAtoi(Variable(session, "COLUMNS").value_or(""), &columns) ? columns : kUsual;
}

// At most `columns` letters of `text`, which is one line then; a longer one would take two, and not
// be drawn over.
std::string Fit(const std::string& text, size_t columns) {
  std::string line;
  for (const char c : text) {
    const bool begins_letter = (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    if (begins_letter && columns-- == 0) {
      break;
    }
    line += c == '\n' ? ' ' : c;
  }
  return line;
}

}  // namespace

Progress::Progress(Session& session, const std::vector<std::string>& nodes, bool live)
    : session_(session), live_(live) {
  for (const std::string& node : nodes) {
    lines_.push_back({.node = node});
  }
  if (live_ && session_.loop != nullptr) {
    Arm();
  }
}

Progress::~Progress() {
  if (timer_) {
    session_.loop->Cancel(*timer_);
  }
}

void Progress::Arm() {
  timer_ = session_.loop->RunAt(session_.clock.Monotonic() + kTurn, [this] {
    Tick();
    Arm();
  });
}

Progress::Line& Progress::LineOf(const std::string& node) {
  return *std::ranges::find(lines_, node, &Line::node);
}

void Progress::Say(const std::string& node, const std::string& step) {
  Line& line = LineOf(node);
  if (line.step == step) {
    return;
  }
  line.step = step;
  if (live_) {
    Draw();
  } else {
    session_.err << std::format("{}: {}\n", node, step) << std::flush;
  }
}

void Progress::End(const std::string& node, const std::string& step, bool good) {
  LineOf(node).over = true;
  LineOf(node).good = good;
  Say(node, step);
  if (live_) {
    Draw();
  }
}

void Progress::Tick() {
  ++turn_;
  if (live_) {
    Draw();
  }
}

void Progress::Draw() {
  static constexpr std::array<std::string_view, 8> kSpinner = {"⠋", "⠙", "⠸", "⠴",
                                                               "⠦", "⠧", "⠇", "⠏"};
  if (drawn_) {
    session_.err << std::format("\x1b[{}A", lines_.size());
  }
  drawn_ = true;
  for (const Line& line : lines_) {
    const std::string mark = !line.over  ? std::string(kSpinner[turn_ % kSpinner.size()])
                             : line.good ? OnErr(session_, Look::kGood, "✓")
                                         : OnErr(session_, Look::kError, "✗");
    const size_t room = std::max(ColumnsOf(session_), size_t{3}) - 3;  // beside the mark
    session_.err << std::format("\x1b[2K{} {}\n", mark,
                                Fit(std::format("{}: {}", line.node, line.step), room));
  }
  session_.err << std::flush;
}

}  // namespace ichor::ctl
