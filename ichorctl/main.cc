// ichorctl: what a person types on a workstation.
#include <cstdio>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "ichorctl/program.h"
#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/sys/terminal.h"

extern char** environ;  // NOLINT(readability-identifier-naming): POSIX's name

namespace {

std::map<std::string, std::string, std::less<>> Environment() {
  std::map<std::string, std::string, std::less<>> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const size_t sign = text.find('=');
    if (sign != std::string::npos) {
      variables.emplace(text.substr(0, sign), text.substr(sign + 1));
    }
  }
  return variables;
}

// Those of the process, with the width of the terminal that errors and progress are shown on.
std::map<std::string, std::string, std::less<>> EnvironmentWithWidth() {
  std::map<std::string, std::string, std::less<>> variables = Environment();
  if (ichor::sys::IsTerminal(fileno(stderr))) {
    variables["COLUMNS"] = std::to_string(ichor::sys::SizeOfTerminal(fileno(stderr)).columns);
  }
  return variables;
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const ichor::base::RealClock clock;
  const auto loop = ichor::Loop::Create(clock);
  if (!loop.ok()) {
    std::cerr << "error: " << loop.status().message() << '\n';
    return 1;
  }
  ichor::ctl::Session session{.in = std::cin,
                              .out = std::cout,
                              .err = std::cerr,
                              .clock = clock,
                              .environment = EnvironmentWithWidth(),
                              .out_is_terminal = ichor::sys::IsTerminal(fileno(stdout)),
                              .err_is_terminal = ichor::sys::IsTerminal(fileno(stderr)),
                              .loop = loop->get()};
  return ichor::ctl::Run({argv + (argc > 0 ? 1 : 0), argv + argc}, session);
}
