// The resource types this process knows: all that the messages in proto/ state.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cosi/resource/meta.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "lib/resource/writers.h"

namespace ichor {

struct ResourceType {
  struct Column {
    std::string name;
    std::string path;  // JSONPath into the YAML form of the spec
  };

  std::string type;                  // "LinkStatuses.net.talos.dev"
  std::string display_type;          // "LinkStatus"
  std::string default_namespace;     // "network"
  std::vector<std::string> aliases;  // the stated ones, then "linkstatus", "ls"
  std::vector<std::string>
      all_aliases;  // these, then "linkstatuses", "linkstatuses.net", "linkstatuses.net.talos"
  std::vector<Column> columns;
  bool sensitive = false;
  Writers writers = Writers::kOne;
  const google::protobuf::Descriptor* spec = nullptr;  // several types may share one
};

// All types, sorted by `type`. They live for ever.
std::span<const ResourceType> ResourceTypes();

// The type of this full name; null if there is none.
const ResourceType* FindResourceType(std::string_view type);

// An empty spec of the type; null if there is none of this full name. It lives for ever. Costs less
// memory than FindResourceType, which reads the descriptors of all types.
const google::protobuf::Message* EmptySpecOf(std::string_view type);

// The spec of the ResourceDefinition of a type; its id is the type in lower case.
cosi::resource::meta::ResourceDefinitionSpec DefinitionOf(const ResourceType& type);

// What follows from a type name alone, the part before the first dot: its singular, and the aliases
// it has without being told, given the singular.
std::string DisplayTypeOf(std::string_view name);
std::vector<std::string> AutomaticAliasesOf(std::string_view display_type);

}  // namespace ichor
