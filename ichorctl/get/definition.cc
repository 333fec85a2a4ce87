#include "ichorctl/get/definition.h"

#include <algorithm>
#include <format>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "cosi/resource/state.pb.h"
#include "ichorctl/cli/suggest.h"
#include "lib/base/status.h"

namespace ichor::ctl {
namespace {

using Definition = cosi::resource::meta::ResourceDefinitionSpec;

bool Means(const Definition& definition, const std::string& word) {
  return absl::EqualsIgnoreCase(definition.resource_type(), word) ||
         std::ranges::any_of(definition.all_aliases(), [&](const std::string& alias) {
           return absl::EqualsIgnoreCase(alias, word);
         });
}

}  // namespace

absl::StatusOr<std::vector<Definition>> AllDefinitions(Nodes& nodes, const std::string& node) {
  cosi::resource::ListRequest request;
  request.set_namespace_("meta");
  request.set_type("ResourceDefinitions.meta.cosi.dev");
  std::vector<Definition> all;
  RETURN_IF_ERROR(AskOne<cosi::resource::ListResponse>(
      nodes, node, "/cosi.resource.State/List", request,
      [&](const cosi::resource::ListResponse& reply) {
        Definition definition;
        if (!definition.ParseFromString(reply.resource().spec().proto_spec())) {
          return absl::InternalError("a resource definition cannot be read");
        }
        all.push_back(std::move(definition));
        return absl::OkStatus();
      }));
  return all;
}

absl::StatusOr<Definition> FindDefinition(Nodes& nodes, std::string_view word) {
  const std::string wanted(word);
  ASSIGN_OR_RETURN(const std::vector<Definition> all, AllDefinitions(nodes, nodes.names().front()));
  std::vector<const Definition*> found;
  std::vector<std::string> words;
  for (const Definition& definition : all) {
    if (Means(definition, wanted)) {
      found.push_back(&definition);
    }
    words.insert(words.end(), definition.aliases().begin(), definition.aliases().end());
  }
  if (found.empty()) {
    return absl::NotFoundError(
        std::format("resource type \"{}\" is not registered{}", word, DidYouMean(wanted, words)));
  }
  if (found.size() > 1) {
    return absl::InvalidArgumentError(
        std::format("resource type \"{}\" is ambiguous: {}", word,
                    absl::StrJoin(found, ", ", [](std::string* out, const Definition* definition) {
                      *out += definition->resource_type();
                    })));
  }
  return *found.front();
}

}  // namespace ichor::ctl
