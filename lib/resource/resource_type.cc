#include "lib/resource/resource_type.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "ichor/options.pb.h"
#include "ichor/resource_types.h"

namespace ichor {
namespace {

std::string Lower(std::string_view text) {
  return absl::AsciiStrToLower(absl::string_view(text.data(), text.size()));
}

void AddOnce(std::string alias, std::vector<std::string>& aliases) {
  if (!std::ranges::contains(aliases, alias)) aliases.push_back(std::move(alias));
}

// The plural name, alone and with each beginning of the suffix except the last: links, links.net,
// links.net.talos.
std::vector<std::string> MatchAliasesOf(std::string_view type) {
  const std::string lower = Lower(type);
  std::vector<std::string> aliases;
  for (size_t dot = lower.find('.'); dot != std::string::npos; dot = lower.find('.', dot + 1)) {
    aliases.push_back(lower.substr(0, dot));
  }
  return aliases;
}

ResourceType TypeFrom(const ResourceOption& option, const google::protobuf::Descriptor& spec) {
  ResourceType type;
  type.type = option.type();
  type.display_type = DisplayTypeOf(type.type.substr(0, type.type.find('.')));
  type.default_namespace = option.namespace_();
  type.aliases.assign(option.aliases().begin(), option.aliases().end());
  if (!option.no_automatic_aliases()) {
    for (std::string& alias : AutomaticAliasesOf(type.display_type)) {
      AddOnce(std::move(alias), type.aliases);
    }
  }
  type.all_aliases = type.aliases;
  if (!option.no_automatic_aliases()) {
    for (std::string& alias : MatchAliasesOf(type.type))
      AddOnce(std::move(alias), type.all_aliases);
  }
  for (const auto& column : option.columns())
    type.columns.push_back({column.name(), column.path()});
  type.sensitive = option.sensitive();
  type.writers = option.writers() == ResourceOption::MANY ? Writers::kMany : Writers::kOne;
  type.spec = &spec;
  return type;
}

std::vector<ResourceType> ReadTypes() {
  std::vector<ResourceType> types;
  for (const google::protobuf::Descriptor* spec : ResourceSpecs()) {
    const google::protobuf::MessageOptions& options = spec->options();
    for (int i = 0; i < options.ExtensionSize(ichor::resource); ++i) {
      types.push_back(TypeFrom(options.GetExtension(ichor::resource, i), *spec));
    }
  }
  std::ranges::sort(types, {}, &ResourceType::type);
  return types;
}

}  // namespace

std::span<const ResourceType> ResourceTypes() {
  static const auto* types = new std::vector<ResourceType>(ReadTypes());  // never destroyed
  return *types;
}

const ResourceType* FindResourceType(std::string_view type) {
  const auto types = ResourceTypes();
  const auto found = std::ranges::lower_bound(types, type, {}, &ResourceType::type);
  return found != types.end() && found->type == type ? &*found : nullptr;
}

const google::protobuf::Message* EmptySpecOf(std::string_view type) {
  const auto prototypes = SpecPrototypes();
  const auto found = std::ranges::lower_bound(prototypes, type, {}, &SpecPrototype::type);
  return found != prototypes.end() && found->type == type ? &found->spec() : nullptr;
}

cosi::resource::meta::ResourceDefinitionSpec DefinitionOf(const ResourceType& type) {
  cosi::resource::meta::ResourceDefinitionSpec spec;
  spec.set_resource_type(type.type);
  spec.set_display_type(type.display_type);
  spec.set_default_namespace(type.default_namespace);
  spec.mutable_aliases()->Assign(type.aliases.begin(), type.aliases.end());
  spec.mutable_all_aliases()->Assign(type.all_aliases.begin(), type.all_aliases.end());
  for (const ResourceType::Column& column : type.columns) {
    auto& printed = *spec.add_print_columns();
    printed.set_name(column.name);
    printed.set_json_path(column.path);
  }
  if (type.sensitive) {
    spec.set_sensitivity(cosi::resource::meta::ResourceDefinitionSpec::SENSITIVE);
  }
  return spec;
}

std::string DisplayTypeOf(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kEndings = {
      {{"ies", "y"}, {"sses", "ss"}, {"uses", "us"}, {"s", ""}}};
  for (const auto& [plural, singular] : kEndings) {
    if (!name.ends_with(plural)) continue;
    return std::string(name.substr(0, name.size() - plural.size())).append(singular);
  }
  return std::string(name);
}

// linkstatus, ls: the capitals alone only if there are several, and with an s behind them unless
// they end in one.
std::vector<std::string> AutomaticAliasesOf(std::string_view display_type) {
  std::vector<std::string> aliases = {Lower(display_type)};
  std::string capitals;
  for (const char c : display_type) {
    if (absl::ascii_isupper(static_cast<unsigned char>(c)))
      capitals += absl::ascii_tolower(static_cast<unsigned char>(c));
  }
  if (capitals.size() < 2) return aliases;
  aliases.push_back(capitals);
  if (!capitals.ends_with('s')) aliases.push_back(capitals + "s");
  return aliases;
}

}  // namespace ichor
