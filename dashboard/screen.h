// The status screen as text.
#pragma once

#include <string>
#include <vector>

#include "lib/sys/terminal.h"

namespace ichor::dashboard {

struct Service {
  std::string id;
  std::string state;  // "running", "not healthy"
};

// All that is shown.
struct Screen {
  std::string version;
  std::string hostname;
  std::string stage;
  std::vector<std::string> unmet;  // why it is not ready; empty: it is
  std::vector<std::string> addresses;
  std::vector<Service> services;
  std::vector<std::string> log;  // the last lines, oldest first
};

// The screen as lines, at most `size.rows` of at most `size.columns` characters: what is known on
// top, the end of the log below. Control characters in what others wrote become spaces.
std::vector<std::string> Lay(const Screen& screen, const sys::TerminalSize& size);

// The bytes that draw the lines over what stood there, without flicker. See console_codes(4).
std::string Draw(const std::vector<std::string>& lines);

}  // namespace ichor::dashboard
