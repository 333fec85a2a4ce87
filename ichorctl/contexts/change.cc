// `ichorctl config context`, `endpoint`, `node` and `proxy-url`: changes of one value.
#include <array>
#include <format>
#include <ostream>
#include <string>
#include <vector>

#include "ichorctl/cli/suggest.h"
#include "ichorctl/contexts/parts.h"
#include "lib/base/status.h"

namespace ichor::ctl {
namespace {

using Arguments = std::vector<std::string>;

absl::Status UseContext(const ClientFlags& flags, const std::string& name, Session& session) {
  ASSIGN_OR_RETURN(pki::ClientConfig config, LoadClientConfig(session, flags));
  RETURN_IF_ERROR(pki::FindContext(config, name).status());
  config.current = name;
  return SaveClientConfig(session, flags, config);
}

// Changes the context that the flags name.
template <class Change>
absl::Status ChangeContext(const ClientFlags& flags, Session& session, Change change) {
  ASSIGN_OR_RETURN(pki::ClientConfig config, LoadClientConfig(session, flags));
  ASSIGN_OR_RETURN(pki::ClientContext* const context, pki::FindContext(config, flags.context));
  RETURN_IF_ERROR(change(*context));
  return SaveClientConfig(session, flags, config);
}

absl::Status SetProxy(const std::string& url, pki::ClientContext& context) {
  constexpr std::array kSchemes = {"socks5://", "http://", "https://"};
  bool known = url.empty() || url == "direct";
  for (const std::string_view scheme : kSchemes) {
    known = known || (url.starts_with(scheme) && url.size() > scheme.size());
  }
  if (!known) {
    return absl::InvalidArgumentError(
        std::format("\"{}\" is no proxy: expected socks5://…, http://…, https://… or direct", url));
  }
  context.proxy_url = url;
  return absl::OkStatus();
}

}  // namespace

Command ContextCommand(const SharedClientFlags& client) {
  return {.name = "context",
          .aliases = {"use-context"},
          .summary = "Makes a context the current one",
          .arguments = {{.name = "CONTEXT", .help = "its name", .completes = Completes::kContext}},
          .run = [client](Session& session, const Arguments& arguments) {
            return UseContext(*client, arguments.front(), session);
          }};
}

Command EndpointsCommand(const SharedClientFlags& client) {
  return {.name = "endpoint",
          .aliases = {"endpoints"},
          .summary = "Sets the endpoints of a context: the nodes that calls go to",
          .examples = {{.about = "of the current context",
                        .line = "ichorctl config endpoint 10.0.0.2 10.0.0.3"}},
          .arguments = {{.name = "ADDRESS",
                         .help = "an address or name, perhaps with a port",
                         .repeated = true}},
          .run = [client](Session& session, const Arguments& arguments) {
            return ChangeContext(*client, session, [&](pki::ClientContext& context) {
              context.endpoints = arguments;
              return absl::OkStatus();
            });
          }};
}

Command NodesCommand(const SharedClientFlags& client) {
  return {.name = "node",
          .aliases = {"nodes"},
          .summary = "Sets the nodes of a context: those that calls are about",
          .arguments = {{.name = "NODE",
                         .help = "an address or name; none takes them away",
                         .required = false,
                         .repeated = true}},
          .run = [client](Session& session, const Arguments& arguments) {
            return ChangeContext(*client, session, [&](pki::ClientContext& context) {
              context.nodes = arguments;
              return absl::OkStatus();
            });
          }};
}

Command ProxyCommand(const SharedClientFlags& client) {
  return {.name = "proxy-url",
          .summary = "Sets the proxy that a context's endpoints are behind",
          .arguments = {{.name = "URL",
                         .help = "socks5://…, http://…, https://…, or direct: not even what the "
                                 "environment says; none takes it away",
                         .required = false}},
          .run = [client](Session& session, const Arguments& arguments) {
            return ChangeContext(*client, session, [&](pki::ClientContext& context) {
              return SetProxy(arguments.empty() ? "" : arguments.front(), context);
            });
          }};
}

}  // namespace ichor::ctl
