// What a command may use of the world.
#pragma once

#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/clock.h"

namespace ichor {
class Loop;
}  // namespace ichor

namespace ichor::ctl {

// One run of the program.
struct Session {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  const base::Clock& clock;
  std::map<std::string, std::string, std::less<>> environment{};
  // Whether what is written there is read by a person now.
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  // What calls to nodes run on, with the same clock; commands run it until they have their answers.
  // Null for those who make no calls.
  Loop* loop = nullptr;
};

// The environment variable `name`; nothing if it is not there or empty.
std::optional<std::string> Variable(const Session& session, std::string_view name);

// How a text looks on a terminal.
enum class Look : unsigned char { kBold, kDim, kError, kWarning, kGood };

// `text` with colour, if it goes to a terminal that shall have any (NO_COLOR, TERM=dumb).
std::string OnOut(const Session& session, Look look, std::string_view text);
std::string OnErr(const Session& session, Look look, std::string_view text);

// Writes "warning: …" to standard error.
void Warn(Session& session, std::string_view message);

}  // namespace ichor::ctl
