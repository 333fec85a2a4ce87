#include "ichorctl/nodes/explain.h"

#include <chrono>
#include <format>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "lib/base/status.h"
#include "lib/rpc/roles.h"

namespace ichor::ctl {
namespace {

using Kind = rpc::TlsProblem::Kind;

// The name in the certificate that a node shows before it has a config.
constexpr std::string_view kMaintenanceName = "maintenance-service.talos.dev";

std::string At(base::WallTime time) {
  return std::format("{:%FT%TZ}", std::chrono::floor<std::chrono::seconds>(time));
}

std::string Untrusted(const Access& access, const rpc::TlsProblem& problem) {
  if (problem.common_name == kMaintenanceName) {
    return std::format(
        "this node is in maintenance mode, it has no config yet: use --insecure (and "
        "--cert-fingerprint {}, if its console shows that)",
        problem.fingerprint);
  }
  return std::format(
      "this node belongs to another cluster: its certificate is not signed by the CA of context "
      "\"{}\"; is another context meant (`ichorctl config contexts`)?",
      access.context);
}

std::string WrongTime(const rpc::TlsProblem& problem, base::WallTime now) {
  return std::format(
      "the node's certificate is valid from {} to {}, and here it is {}: is the clock of this "
      "machine wrong, or that of the node?",
      At(problem.not_before), At(problem.not_after), At(now));
}

std::string OurTime(const Access& access, base::WallTime now) {
  if (access.certificate_ends && *access.certificate_ends < now) {
    return std::format(
        "the client certificate of context \"{}\" expired on {}: make a new one with `ichorctl "
        "config new --with-secrets`, or ask somebody who still has access for `ichorctl config "
        "new`",
        access.context, At(*access.certificate_ends));
  }
  return std::format(
      "the node takes the client certificate of context \"{}\" for expired, but it is valid until "
      "{}: is the clock of the node wrong?",
      access.context, access.certificate_ends ? At(*access.certificate_ends) : "");
}

std::string NoCertificate(const Access& access) {
  if (access.insecure) {
    return "this node has its config and asks for a client certificate: leave out --insecure";
  }
  return std::format("context \"{}\" has no client certificate (crt, key), which the node asks for",
                     access.context);
}

std::string Reason(const Access& access, const rpc::TlsProblem& problem, base::WallTime now) {
  switch (problem.kind) {
    case Kind::kNoTls:
      return "what answers there does not speak TLS: is that the port of the API?";
    case Kind::kUntrusted:
      return Untrusted(access, problem);
    case Kind::kExpired:
    case Kind::kNotYetValid:
      return WrongTime(problem, now);
    case Kind::kOtherName:
      return "the node's certificate is not for this address: use another one of the node, or put "
             "this one into machine.certSANs";
    case Kind::kOtherFingerprint:
      return std::format("the node's certificate has another fingerprint: {}", problem.fingerprint);
    case Kind::kOursMissing:
      return NoCertificate(access);
    case Kind::kOursUntrusted:
      return std::format(
          "this node belongs to another cluster: it does not know the CA of the client certificate "
          "of context \"{}\"; is another context meant (`ichorctl config contexts`)?",
          access.context);
    case Kind::kOursExpired:
      return OurTime(access, now);
    case Kind::kOursRefused:
      return std::format("the node refuses the client certificate of context \"{}\"",
                         access.context);
    case Kind::kOther:
      break;
  }
  return "";
}

// "3 days", "5 hours"
std::string LengthOf(base::WallTime::duration time) {
  const auto hours = std::chrono::floor<std::chrono::hours>(time);
  constexpr std::chrono::hours kTwoDays{48};
  return hours >= kTwoDays
             ? std::format("{} days", std::chrono::floor<std::chrono::days>(hours).count())
             : std::format("{} hours", hours.count());
}

std::string ListOf(const std::vector<std::string>& names) {
  return names.empty() ? "no role at all" : absl::StrJoin(names, ", ");
}

}  // namespace

std::string ExplainConnection(const Access& access, std::string_view endpoint,
                              const absl::Status& status, const rpc::TlsProblem* problem,
                              base::WallTime now) {
  const std::string reason = problem == nullptr ? "" : Reason(access, *problem, now);
  return std::format("{}: {}", endpoint,
                     reason.empty() ? base::MessageOf(status) : std::string_view(reason));
}

std::string WarningOfEnd(const Access& access, base::WallTime now) {
  constexpr std::chrono::days kSoon{14};
  if (!access.certificate_ends || *access.certificate_ends <= now ||
      *access.certificate_ends > now + kSoon) {
    return "";
  }
  return std::format(
      "the client certificate of context \"{}\" is valid for {} only: `ichorctl config new` makes "
      "another one",
      access.context, LengthOf(*access.certificate_ends - now));
}

absl::Status ExplainCall(const Access& access, std::string_view method,
                         const absl::Status& status) {
  if (!absl::IsPermissionDenied(status)) {
    return status;
  }
  const std::vector<std::string> wanted = rpc::RolesThatMayCall(method).Names();
  if (access.insecure) {
    return absl::PermissionDeniedError(
        std::format("{}: this cannot be done in maintenance mode", base::MessageOf(status)));
  }
  if (rpc::MayCall(method, access.roles)) {
    return status;
  }
  return absl::PermissionDeniedError(
      std::format("{}: this needs the role {}; the certificate of context \"{}\" has {}",
                  base::MessageOf(status), absl::StrJoin(wanted, " or "), access.context,
                  ListOf(access.roles.Names())));
}

}  // namespace ichor::ctl
