// `ichorctl config contexts` and `info`: what there is.
#include <algorithm>
#include <chrono>
#include <format>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_join.h"
#include "ichorctl/contexts/parts.h"
#include "ichorctl/files/table.h"
#include "lib/base/status.h"
#include "lib/yaml/emit.h"
#include "lib/yaml/scalar.h"

namespace ichor::ctl {
namespace {

using Arguments = std::vector<std::string>;

std::string FirstOf(const std::vector<std::string>& nodes) {
  constexpr size_t kShown = 3;
  std::vector<std::string> shown(
      nodes.begin(), nodes.begin() + static_cast<std::ptrdiff_t>(std::min(nodes.size(), kShown)));
  return absl::StrJoin(shown, ",") + (nodes.size() > kShown ? "..." : "");
}

absl::Status List(const ClientFlags& flags, Session& session) {
  ASSIGN_OR_RETURN(const pki::ClientConfig config, LoadClientConfig(session, flags));
  Table table{.columns = {"CURRENT", "NAME", "ENDPOINTS", "NODES"}};
  for (const auto& [name, context] : config.contexts) {
    table.rows.push_back({name == config.current ? "*" : "", name,
                          absl::StrJoin(context.endpoints, ","), FirstOf(context.nodes)});
  }
  session.out << ToText(table);
  return absl::OkStatus();
}

struct Info {
  std::string context;
  std::vector<std::string> nodes;
  std::vector<std::string> endpoints;
  std::vector<std::string> roles;
  std::string ttl;        // "10 years"; empty without a certificate
  std::string not_after;  // RFC 3339
};

std::string About(std::chrono::seconds time) {
  constexpr std::pair<std::chrono::seconds, std::string_view> kUnits[] = {
      {std::chrono::days(365), "year"},    {std::chrono::days(7), "week"},
      {std::chrono::days(1), "day"},       {std::chrono::hours(1), "hour"},
      {std::chrono::minutes(1), "minute"}, {std::chrono::seconds(1), "second"}};
  for (const auto& [unit, name] : kUnits) {
    if (time >= unit) {
      const auto count = time / unit;
      return std::format("{} {}{}", count, name, count == 1 ? "" : "s");
    }
  }
  return "0 seconds";
}

absl::StatusOr<Info> InfoOf(const ClientFlags& flags, Session& session) {
  ASSIGN_OR_RETURN(const pki::ClientConfig config, LoadClientConfig(session, flags));
  ASSIGN_OR_RETURN(const pki::ClientContext* const context,
                   pki::FindContext(config, flags.context));
  Info info{.context = flags.context.empty() ? config.current : flags.context,
            .nodes = context->nodes,
            .endpoints = context->endpoints};
  if (context->certificate.empty()) {
    return info;
  }
  std::string pem;
  if (!absl::Base64Unescape(context->certificate, &pem)) {
    return absl::InvalidArgumentError(
        std::format("context \"{}\": crt: expected base64", info.context));
  }
  const absl::StatusOr<pki::Certificate> certificate = pki::Certificate::FromPem(pem);
  RETURN_IF_ERROR(
      base::Annotate(certificate.status(), std::format("context \"{}\": crt", info.context)));
  info.roles = certificate->Organizations();
  const auto until = std::chrono::floor<std::chrono::seconds>(certificate->NotAfter());
  const auto left = until - std::chrono::floor<std::chrono::seconds>(session.clock.Now());
  info.ttl = left.count() > 0 ? About(left) + " from now" : "expired";
  info.not_after = std::format("{:%FT%TZ}", until);
  return info;
}

std::string ListText(const std::vector<std::string>& items) {
  return items.empty() ? "not defined" : absl::StrJoin(items, ", ");
}

std::string InText(const Info& info) {
  std::string out =
      std::format("Current context:     {}\nNodes:               {}\nEndpoints:           {}\n",
                  info.context, ListText(info.nodes), ListText(info.endpoints));
  if (!info.ttl.empty()) {
    out +=
        std::format("Roles:               {}\nCertificate expires: {} ({})\n", ListText(info.roles),
                    info.ttl, info.not_after.substr(0, info.not_after.find('T')));
  }
  return out;
}

void EmitList(std::string_view key, const std::vector<std::string>& items, yml::Emitter& out) {
  out.Key(key);
  out.BeginSequence();
  for (const std::string& item : items) {
    out.Item();
    out.String(item);
  }
  out.EndSequence();
}

std::string InYaml(const Info& info) {
  yml::Emitter out;
  out.BeginMapping();
  out.Key("context");
  out.String(info.context);
  EmitList("nodes", info.nodes, out);
  EmitList("endpoints", info.endpoints, out);
  EmitList("roles", info.roles, out);
  out.Key("certTTL");
  out.String(info.ttl);
  out.Key("certNotAfter");
  out.String(info.not_after);
  out.EndMapping();
  return std::move(out).Finish();
}

std::string Quoted(const std::string& text) {
  std::string out;
  yml::AppendDoubleQuoted(text, out);
  return out;
}

std::string JsonList(const std::vector<std::string>& items) {
  return "[" +
         absl::StrJoin(items, ", ",
                       [](std::string* out, const std::string& item) { *out += Quoted(item); }) +
         "]";
}

std::string InJson(const Info& info) {
  return std::format(
      "{{\n    \"context\": {},\n    \"nodes\": {},\n    \"endpoints\": {},\n    \"roles\": {},\n"
      "    \"certTTL\": {},\n    \"certNotAfter\": {}\n}}\n",
      Quoted(info.context), JsonList(info.nodes), JsonList(info.endpoints), JsonList(info.roles),
      Quoted(info.ttl), Quoted(info.not_after));
}

absl::Status ShowInfo(const ClientFlags& flags, const std::string& form, Session& session) {
  ASSIGN_OR_RETURN(const Info info, InfoOf(flags, session));
  session.out << (form == "json" ? InJson(info) : form == "yaml" ? InYaml(info) : InText(info));
  return absl::OkStatus();
}

}  // namespace

Command ContextsCommand(const SharedClientFlags& client) {
  return {.name = "contexts",
          .aliases = {"get-contexts"},
          .summary = "Lists the contexts",
          .run = [client](Session& session, const Arguments& /*arguments*/) {
            return List(*client, session);
          }};
}

Command InfoCommand(const SharedClientFlags& client) {
  const auto form = std::make_shared<std::string>("text");
  return {.name = "info",
          .summary = "Shows a context: who you are there, and for how long",
          .flags = {{.name = "output",
                     .letter = 'o',
                     .value = "FORM",
                     .help = "how it is shown",
                     .target = form.get(),
                     .words = {"text", "json", "yaml"}}},
          .run = [client, form](Session& session, const Arguments& /*arguments*/) {
            return ShowInfo(*client, *form, session);
          }};
}

}  // namespace ichor::ctl
