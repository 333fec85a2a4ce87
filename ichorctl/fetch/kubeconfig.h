// Clients' files of Kubernetes, joined into one.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace ichor::ctl {

// What becomes of a name that stands for something else already.
enum class OnConflict : unsigned char { kRename, kOverwrite };
// `what` is "cluster", "user" or "context". Asked once for each name that is taken.
using Decide = std::function<OnConflict(const std::string& what, const std::string& name)>;

struct MergedKubeconfig {
  std::string text;     // YAML
  std::string context;  // that came, by the name that it has now; it is the current one
};

// Adds clusters, users and contexts of `from` to those of `into`, which may be empty. Renamed ones
// get "-1", "-2" behind their names, also where contexts name them. InvalidArgument if one of the
// two is no such file.
absl::StatusOr<MergedKubeconfig> MergeKubeconfig(const std::string& into, const std::string& from,
                                                 const Decide& decide);

// The same file, with the name `context` for its context.
absl::StatusOr<std::string> RenameContext(const std::string& text, const std::string& context);

}  // namespace ichor::ctl
