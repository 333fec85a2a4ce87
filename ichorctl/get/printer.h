// Shows resources of one type as they come.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cosi/resource/meta.pb.h"
#include "cosi/resource/resource.pb.h"
#include "ichorctl/cli/session.h"

namespace ichor::ctl {

// One resource of a node.
struct Shown {
  std::string node;
  std::string event;  // of a watch: "created", "updated", "destroyed"; empty without one
  const cosi::resource::Resource& resource;
};

class Printer {
 public:
  virtual ~Printer() = default;
  // InvalidArgument if the resource's YAML cannot be read.
  virtual absl::Status Add(const Shown& shown) = 0;
  // Shows what was held back until now.
  virtual void Flush() = 0;
};

// For the forms "table", "yaml", "json" and "jsonpath=…". InvalidArgument for others. `session`
// must outlive it. `watch`: a table has a column for the event.
absl::StatusOr<std::unique_ptr<Printer>> NewPrinter(
    Session& session, std::string_view form, bool watch,
    const cosi::resource::meta::ResourceDefinitionSpec& definition);

// A resource as YAML: metadata and spec, with `node` and `event` before them if they are not empty.
std::string ResourceYaml(const Shown& shown);

}  // namespace ichor::ctl
