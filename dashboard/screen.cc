#include "dashboard/screen.h"

#include <algorithm>
#include <format>
#include <string_view>

namespace ichor::dashboard {
namespace {

// Printable, and no longer than the screen is wide.
std::string Fit(std::string_view text, int columns) {
  std::string line(text.substr(0, static_cast<size_t>(columns)));
  std::ranges::replace_if(
      line, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  return line;
}

std::string Joined(const std::vector<std::string>& parts, std::string_view nothing) {
  std::string text;
  for (const std::string& part : parts) {
    text += (text.empty() ? "" : ", ") + part;
  }
  return text.empty() ? std::string(nothing) : text;
}

std::vector<std::string> Head(const Screen& screen) {
  std::vector<std::string> lines;
  lines.push_back(std::format(" Ichor {}    {}", screen.version, screen.hostname));
  lines.emplace_back();
  lines.push_back(std::format(" Stage      {}{}", screen.stage.empty() ? "starting" : screen.stage,
                              screen.unmet.empty() ? "" : ", not ready:"));
  for (const std::string& reason : screen.unmet) {
    lines.push_back("            " + reason);
  }
  lines.push_back(" Addresses  " + Joined(screen.addresses, "none"));
  std::vector<std::string> services;
  services.reserve(screen.services.size());
  for (const Service& service : screen.services) {
    services.push_back(std::format("{} {}", service.id, service.state));
  }
  lines.push_back(" Services   " + Joined(services, "none"));
  return lines;
}

}  // namespace

std::vector<std::string> Lay(const Screen& screen, const sys::TerminalSize& size) {
  std::vector<std::string> lines;
  for (const std::string& line : Head(screen)) {
    lines.push_back(Fit(line, size.columns));
  }
  lines.emplace_back(static_cast<size_t>(size.columns), '-');
  const auto rows = static_cast<size_t>(std::max(size.rows, 1));
  lines.resize(std::min(lines.size(), rows));
  const size_t room = std::min(rows - lines.size(), screen.log.size());
  for (size_t i = screen.log.size() - room; i < screen.log.size(); ++i) {
    lines.push_back(Fit(screen.log[i], size.columns));
  }
  return lines;
}

std::string Draw(const std::vector<std::string>& lines) {
  std::string bytes = "\x1b[?25l\x1b[H";  // no cursor; from the first line on
  for (size_t i = 0; i < lines.size(); ++i) {
    bytes += (i == 0 ? "" : "\r\n") + lines[i] + "\x1b[K";  // and nothing of the old line
  }
  return bytes + "\x1b[J";  // nor of the old lines below
}

}  // namespace ichor::dashboard
