// `ichorctl explain`, `docs config` and `docs schema`
#include <ostream>
#include <string>
#include <vector>

#include "ichorctl/machineconfig/machineconfig_command.h"
#include "lib/base/status.h"
#include "lib/config/reference.h"

namespace ichor::ctl {
namespace {

using Arguments = std::vector<std::string>;

absl::Status Explain(const std::string& key, Session& session) {
  ASSIGN_OR_RETURN(const std::string text, config::Explain(key));
  session.out << text;
  return absl::OkStatus();
}

}  // namespace

Command ExplainCommand() {
  return {.name = "explain",
          .summary = "Says what a key of the machine config means",
          .examples = {{.about = "a key of the first document",
                        .line = "ichorctl explain machine.network.interfaces.dhcp"},
                       {.about = "a whole document", .line = "ichorctl explain LinkConfig"}},
          .arguments = {{.name = "KEY", .help = "the keys to it, with dots between them"}},
          .run = [](Session& session, const Arguments& arguments) {
            return Explain(arguments.front(), session);
          }};
}

Command ReferenceCommand() {
  return {.name = "config",
          .summary = "Writes the reference of the machine config, in Markdown",
          .run = [](Session& session, const Arguments& /*arguments*/) {
            session.out << config::Reference();
            return absl::OkStatus();
          }};
}

Command SchemaCommand() {
  return {.name = "schema",
          .summary = "Writes the JSON schema of the machine config, for editors",
          .run = [](Session& session, const Arguments& /*arguments*/) {
            session.out << config::JsonSchema();
            return absl::OkStatus();
          }};
}

}  // namespace ichor::ctl
