#include "ichorctl/fetch/kubeconfig.h"

#include <algorithm>
#include <format>
#include <map>
#include <string_view>

#include "lib/base/status.h"
#include "lib/resource/tree.h"
#include "lib/resource/yaml.h"

namespace ichor::ctl {
namespace {

using google::protobuf::ListValue;
using google::protobuf::Struct;
using google::protobuf::Value;
using Names = std::map<std::string, std::string, std::less<>>;  // new names by old ones

absl::StatusOr<Struct> Read(const std::string& text) {
  Struct file;
  if (const absl::Status read = FromYaml(text, file); !read.ok()) {
    return base::Annotate(read, "kubeconfig");
  }
  return file;
}

ListValue& ListOf(Struct& file, std::string_view key) {
  return *(*file.mutable_fields())[std::string(key)].mutable_list_value();
}

Value* FindNamed(ListValue& list, std::string_view name) {
  const auto found = std::ranges::find_if(*list.mutable_values(), [name](const Value& item) {
    return TextAt(item.struct_value(), {"name"}) == name;
  });
  return found == list.mutable_values()->end() ? nullptr : &*found;
}

std::string FreeName(ListValue& list, const std::string& name) {
  for (int number = 1;; ++number) {
    std::string free = std::format("{}-{}", name, number);
    if (FindNamed(list, free) == nullptr) {
      return free;
    }
  }
}

// Adds the items of one list. Says what they are called now.
Names Add(const std::string& what, ListValue from, ListValue& into, const Decide& decide) {
  Names names;
  for (Value& item : *from.mutable_values()) {
    const std::string name = TextAt(item.struct_value(), {"name"});
    names[name] = name;
    Value* const there = FindNamed(into, name);
    if (there == nullptr) {
      *into.add_values() = std::move(item);
    } else if (ToYaml(there->struct_value()) == ToYaml(item.struct_value())) {
      continue;
    } else if (decide(what, name) == OnConflict::kOverwrite) {
      *there = std::move(item);
    } else {
      names[name] = FreeName(into, name);
      Set(*item.mutable_struct_value(), "name", names[name]);
      *into.add_values() = std::move(item);
    }
  }
  return names;
}

// Lets the contexts name what got other names.
void Follow(ListValue& contexts, const std::string& key, const Names& names) {
  for (Value& item : *contexts.mutable_values()) {
    const auto found = names.find(TextAt(item.struct_value(), {"context", key}));
    if (found != names.end()) {
      Value& context = (*item.mutable_struct_value()->mutable_fields())["context"];
      Set(*context.mutable_struct_value(), key, found->second);
    }
  }
}

}  // namespace

absl::StatusOr<MergedKubeconfig> MergeKubeconfig(const std::string& into, const std::string& from,
                                                 const Decide& decide) {
  ASSIGN_OR_RETURN(Struct file, Read(into.empty() ? "{}" : into));
  ASSIGN_OR_RETURN(Struct added, Read(from));
  const Names clusters =
      Add("cluster", ListOf(added, "clusters"), ListOf(file, "clusters"), decide);
  const Names users = Add("user", ListOf(added, "users"), ListOf(file, "users"), decide);
  Follow(ListOf(added, "contexts"), "cluster", clusters);
  Follow(ListOf(added, "contexts"), "user", users);
  const Names contexts =
      Add("context", ListOf(added, "contexts"), ListOf(file, "contexts"), decide);
  const auto current = contexts.find(TextAt(added, {"current-context"}));
  if (current == contexts.end()) {
    return absl::InvalidArgumentError("kubeconfig: it has no current context");
  }
  Set(file, "apiVersion", "v1");
  Set(file, "kind", "Config");
  Set(file, "current-context", current->second);
  return MergedKubeconfig{.text = ToYaml(file), .context = current->second};
}

absl::StatusOr<std::string> RenameContext(const std::string& text, const std::string& context) {
  ASSIGN_OR_RETURN(Struct file, Read(text));
  Value* const item = FindNamed(ListOf(file, "contexts"), TextAt(file, {"current-context"}));
  if (item == nullptr) {
    return absl::InvalidArgumentError("kubeconfig: it has no current context");
  }
  Set(*item->mutable_struct_value(), "name", context);
  Set(file, "current-context", context);
  return ToYaml(file);
}

}  // namespace ichor::ctl
