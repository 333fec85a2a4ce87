#include "tools/reference/resources_page.h"

#include <string_view>
#include <vector>

#include "absl/strings/str_join.h"
#include "google/protobuf/descriptor.h"
#include "lib/resource/resource_type.h"
#include "lib/resource/yaml_field.h"
#include "tools/reference/field_type.h"

namespace ichor::reference {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr std::string_view kBegin = R"(# Resources

What `ichorctl get TYPE` shows. A type can be named by its full name or by any of the aliases; sensitive ones are for administrators. Keys are those of
`-o yaml`, below `spec`. Made by `./ichor reference` from the messages.
)";

// Mappings in mappings, but not for ever: a message may contain itself.
constexpr int kDeepest = 6;

void AppendRows(const Descriptor& message, const std::string& prefix, int depth, std::string& out) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    const YamlTag tag = TagOf(field);
    const Descriptor* const inner =
        field.is_map() ? field.message_type()->map_value()->message_type() : field.message_type();
    const bool opens = inner != nullptr && FormOf(*inner) == MessageForm::kNone &&
                       OnlyInlineField(*inner) == nullptr && depth < kDeepest;
    if (tag.skip) {
      continue;
    }
    if (tag.is_inline && opens) {
      AppendRows(*inner, prefix, depth + 1, out);
      continue;
    }
    const std::string path = prefix + std::string(tag.key) +
                             (field.is_map()        ? ".*"
                              : field.is_repeated() ? "[]"
                                                    : "");
    out += "| `" + path + "` | " + (opens ? "mapping" : TypeOf(field)) + " |\n";
    if (opens) {
      AppendRows(*inner, path + ".", depth + 1, out);
    }
  }
}

std::string SectionOf(const ResourceType& type) {
  std::string text = "\n## " + type.display_type + "\n\n`" + type.type + "` in namespace `" +
                     type.default_namespace + "`; aliases `" + absl::StrJoin(type.aliases, "`, `") +
                     "`" + (type.sensitive ? "; sensitive" : "") + ".\n";
  std::string rows;
  if (type.spec != nullptr) {
    AppendRows(*type.spec, "", 0, rows);
  }
  return rows.empty() ? text : text + "\n| Key | Type |\n|---|---|\n" + rows;
}

}  // namespace

std::string ResourcesPage() {
  std::string text(kBegin);
  for (const ResourceType& type : ResourceTypes()) {
    text += SectionOf(type);
  }
  return text;
}

}  // namespace ichor::reference
