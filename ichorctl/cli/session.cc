#include "ichorctl/cli/session.h"

#include <format>
#include <ostream>

namespace ichor::ctl {
namespace {

std::string_view Code(Look look) {
  switch (look) {
    case Look::kBold:
      return "1";
    case Look::kDim:
      return "2";
    case Look::kError:
      return "1;31";
    case Look::kWarning:
      return "1;33";
    case Look::kGood:
      return "32";
  }
  return "0";
}

std::string Coloured(const Session& session, bool terminal, Look look, std::string_view text) {
  if (!terminal || Variable(session, "NO_COLOR") || Variable(session, "TERM") == "dumb") {
    return std::string(text);
  }
  return std::format("\x1b[{}m{}\x1b[0m", Code(look), text);
}

}  // namespace

std::optional<std::string> Variable(const Session& session, std::string_view name) {
  const auto found = session.environment.find(name);
  if (found == session.environment.end() || found->second.empty()) {
    return std::nullopt;
  }
  return found->second;
}

std::string OnOut(const Session& session, Look look, std::string_view text) {
  return Coloured(session, session.out_is_terminal, look, text);
}

std::string OnErr(const Session& session, Look look, std::string_view text) {
  return Coloured(session, session.err_is_terminal, look, text);
}

void Warn(Session& session, std::string_view message) {
  session.err << OnErr(session, Look::kWarning, "warning:") << ' ' << message << '\n';
}

}  // namespace ichor::ctl
