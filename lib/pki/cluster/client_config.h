// How a client reaches the API of clusters (the file talosconfig): contexts, one of them current.
// The file has the form that clients of the API know.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/pki/identity.h"
#include "lib/pki/secret.h"
#include "lib/yaml/node.h"

namespace ichor::pki {

// Keys that only others know, as they were read: `auth` among them.
struct ForeignKeys {
  yml::SourcePtr source;  // what the values look into
  std::vector<yml::Node> values{};
};

// One way to a cluster. Texts are as in the file: `ca`, `certificate` and `key` base64 of PEM.
struct ClientContext {
  std::vector<std::string> endpoints;  // nodes that calls go to
  std::vector<std::string> nodes;      // nodes that calls are about
  std::string ca;
  std::string certificate;
  Secret key;
  std::string cluster;
  std::string proxy_url;
  ForeignKeys others{};
};

struct ClientConfig {
  std::string current;  // a name in `contexts`, or empty
  std::map<std::string, ClientContext, std::less<>> contexts;
  ForeignKeys others{};
};

// The context of a client `identity` for the cluster whose API is signed by `ca`.
ClientContext NewClientContext(const Certificate& ca, const Identity& identity,
                               std::vector<std::string> endpoints);

// Nothing but white space is a config without contexts. The old key `target` counts as endpoints.
// InvalidArgument "LINE:COLUMN: …" if it is not YAML or has values of other kinds.
absl::StatusOr<ClientConfig> ClientConfigFromYaml(std::string_view text);

// As talosconfig, which is a secret itself.
Secret ToYaml(const ClientConfig& config);

// The context called `name`, or the current one if that is empty. NotFound, with the names that
// there are, if there are any.
absl::StatusOr<const ClientContext*> FindContext(const ClientConfig& config, std::string_view name);
absl::StatusOr<ClientContext*> FindContext(ClientConfig& config, std::string_view name);

// (old name, new name) of a context that got another name because its own was taken.
using Renaming = std::pair<std::string, std::string>;

// Adds the contexts of `from` to `into`: a name that is taken gets "-1", "-2" behind it. The
// current context of `from`, if it has one, becomes the current one.
std::vector<Renaming> Merge(const ClientConfig& from, ClientConfig& into);

}  // namespace ichor::pki
