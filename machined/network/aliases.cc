#include "machined/network/aliases.h"

#include <cstddef>
#include <format>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "config/link.pb.h"
#include "lib/base/status.h"
#include "lib/resource/address_text.h"
#include "lib/resource/cel/evaluate.h"
#include "lib/resource/cel/glob.h"
#include "machined/config/active_config.h"

namespace ichor {
namespace {

namespace enums = talos::resource::definitions::enums;
using config::v1alpha1::LinkAliasConfig;
using network::LinkStatus;

constexpr std::string_view kNumber = "%d";

absl::StatusOr<CelValue> Mac(std::span<const CelValue> arguments) {
  const auto* const address = arguments.size() == 1 ? arguments[0].As<CelBytes>() : nullptr;
  if (address == nullptr) {
    return absl::InvalidArgumentError("\"mac\" takes bytes");
  }
  return CelValue(HardwareAddressToText(address->bytes));
}

absl::StatusOr<bool> Fits(const std::string& selector, const LinkStatus::Spec& link) {
  CelScope scope;
  scope.variables.emplace("link", CelValue(static_cast<const google::protobuf::Message*>(&link)));
  scope.functions.emplace("glob", CelGlob);
  scope.functions.emplace("mac", Mac);
  return CelHolds(selector, scope);
}

// The names of the cards that the document means.
absl::StatusOr<std::vector<std::string>> CardsOf(const LinkAliasConfig& document,
                                                 const All<LinkStatus>& links) {
  std::vector<std::string> cards;
  for (const auto& link : links) {
    if (link.spec().type() != enums::LINK_ETHER || !link.spec().kind().empty()) {
      continue;
    }
    ASSIGN_OR_RETURN(const bool fits, Fits(document.selector().match(), link.spec()));
    if (fits) {
      cards.push_back(link.id());
    }
  }
  if (cards.size() > 1 && !document.name().ends_with(kNumber)) {
    return absl::FailedPreconditionError(std::format(
        "{} cards fit, {} the first of them: none gets the name", cards.size(), cards.front()));
  }
  return cards;
}

std::string AliasOf(const LinkAliasConfig& document, std::size_t place) {
  const std::string& name = document.name();
  return name.ends_with(kNumber)
             ? std::format("{}{}", name.substr(0, name.size() - kNumber.size()), place)
             : name;
}

}  // namespace

absl::StatusOr<LinkAliases> ChooseLinkAliases(const All<config::MachineConfig>& configs,
                                              const All<LinkStatus>& links) {
  std::map<std::string, network::LinkAliasSpec::Spec> aliases;
  runtime::Diagnostic::Spec diagnostic;
  const std::optional<config::Config> config = ActiveConfig(configs);
  const auto documents =
      config.has_value() ? config->All<LinkAliasConfig>() : std::vector<const LinkAliasConfig*>();
  for (const LinkAliasConfig* const document : documents) {
    const absl::StatusOr<std::vector<std::string>> cards = CardsOf(*document, links);
    if (!cards.ok()) {
      diagnostic.add_details(
          std::format("LinkAliasConfig {}: {}", document->name(), base::MessageOf(cards.status())));
      continue;
    }
    for (std::size_t place = 0; place < cards->size(); ++place) {
      network::LinkAliasSpec::Spec spec;
      spec.set_alias(AliasOf(*document, place));
      aliases.emplace(cards->at(place), std::move(spec));
    }
  }
  LinkAliases stated;
  for (auto& [link, spec] : aliases) {
    std::get<0>(stated).Add(link, std::move(spec));
  }
  if (diagnostic.details_size() > 0) {
    diagnostic.set_message("aliases of links that cannot be given");
    std::get<1>(stated).Add("link-alias", std::move(diagnostic));
  }
  return stated;
}

}  // namespace ichor
