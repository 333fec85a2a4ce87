#include "ichorctl/nodes/connect.h"

#include <chrono>
#include <format>
#include <optional>
#include <utility>
#include <vector>

#include "absl/log/check.h"
#include "absl/strings/str_join.h"
#include "ichorctl/nodes/endpoint.h"
#include "ichorctl/nodes/explain.h"
#include "lib/base/status.h"
#include "lib/runtime/loop.h"
#include "lib/sys/host_names.h"

namespace ichor::ctl {
namespace {

constexpr std::chrono::seconds kPatience{10};  // for one address

// Runs the loop until `client` is connected, or will not be.
absl::Status Settle(Session& session, rpc::Client& client) {
  const auto settled = std::make_shared<std::optional<absl::Status>>();
  Loop& loop = *session.loop;
  const auto settle = [settled, &loop](const absl::Status& status) {
    *settled = settled->value_or(status);
    loop.Stop();
  };
  const Loop::TimerId timer = loop.RunAt(session.clock.Monotonic() + kPatience, [settle] {
    settle(absl::UnavailableError(std::format("no answer within {}", kPatience)));
  });
  client.WhenSettled(settle);
  while (!settled->has_value()) {
    loop.Run();
  }
  loop.Cancel(timer);
  return settled->value_or(absl::OkStatus());
}

// What to check if it is not TLS that failed. The last part of the message is the system's reason;
// what is before it names the peer again.
std::string Unreachable(const absl::Status& status) {
  const std::string_view message = base::MessageOf(status);
  const size_t last = message.rfind(": ");
  const std::string_view reason =
      last == std::string_view::npos ? message : message.substr(last + 2);
  return std::format(
      "{}: {}", reason,
      reason == "Connection refused"
          ? "a machine is there, but no API: is the node still booting, or is it another machine?"
          : "is the node up, is this its address, and does a firewall let its API through?");
}

absl::StatusOr<std::unique_ptr<rpc::Client>> TryAddress(Session& session, const Access& access,
                                                        const Endpoint& endpoint,
                                                        const std::string& address) {
  rpc::TlsClientOptions options = access.tls;
  options.server_name = endpoint.host;
  ASSIGN_OR_RETURN(std::shared_ptr<const rpc::TlsContext> context,
                   rpc::NewTlsClientContext(options));
  const std::string target = ToString(Endpoint{.host = address, .port = endpoint.port});
  ASSIGN_OR_RETURN(std::unique_ptr<rpc::Client> client,
                   rpc::Client::ConnectTls(*session.loop, target, std::move(context)));
  const absl::Status status = Settle(session, *client);
  if (status.ok()) {
    return client;
  }
  const std::string shown =
      address == endpoint.host ? target : ToString(endpoint) + " (" + address + ")";
  if (client->problem() != nullptr) {
    return absl::UnavailableError(
        ExplainConnection(access, shown, status, client->problem(), session.clock.Now()));
  }
  return absl::UnavailableError(shown + ": " + Unreachable(status));
}

absl::StatusOr<std::unique_ptr<rpc::Client>> TryEndpoint(Session& session, const Access& access,
                                                         const Endpoint& endpoint) {
  ASSIGN_OR_RETURN(const std::vector<std::string> addresses, sys::AddressesOfHost(endpoint.host));
  absl::Status failed;
  for (const std::string& address : addresses) {
    absl::StatusOr<std::unique_ptr<rpc::Client>> client =
        TryAddress(session, access, endpoint, address);
    if (client.ok()) {
      return client;
    }
    failed = client.status();
  }
  return failed;
}

}  // namespace

absl::StatusOr<Connected> ConnectToOne(Session& session, const Access& access,
                                       const std::vector<std::string>& endpoints) {
  CHECK(session.loop != nullptr);
  std::vector<std::string> failures;
  for (const std::string& text : endpoints) {
    ASSIGN_OR_RETURN(const Endpoint endpoint, ParseEndpoint(text));
    absl::StatusOr<std::unique_ptr<rpc::Client>> client = TryEndpoint(session, access, endpoint);
    if (client.ok()) {
      return Connected{.client = *std::move(client), .endpoint = ToString(endpoint)};
    }
    failures.emplace_back(client.status().message());
  }
  return absl::UnavailableError(absl::StrJoin(failures, "\n"));
}

}  // namespace ichor::ctl
