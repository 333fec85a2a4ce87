#include "lib/config/patch.h"

#include <memory>
#include <utility>

#include "lib/base/status.h"
#include "lib/config/working_copy.h"
#include "lib/yaml/read.h"

namespace ichor::config {
namespace {

absl::Status ApplyOne(const StrategicPatch& patch, WorkingCopy& copy) {
  return Apply(patch, copy);
}

absl::Status ApplyOne(const JsonPatch& patch, WorkingCopy& copy) {
  if (copy.documents().size() != 1) {
    return absl::InvalidArgumentError(
        "JSON6902 patches are not supported for multi-document machine configuration");
  }
  copy.Keep(patch.source);
  return Apply(patch, copy.documents()[0].document.root);
}

}  // namespace

absl::StatusOr<Patch> ParsePatch(std::string file, std::string text) {
  auto source = std::make_shared<Source>(Source{.file = std::move(file), .text = std::move(text)});
  Findings findings;
  std::vector<Node> roots = ReadDocuments(*source, findings);
  RETURN_IF_ERROR(ToStatus(findings));
  if (roots.size() == 1 && roots[0].IsSequence()) {
    JsonPatch patch = MakeJsonPatch(source, roots[0], findings);
    RETURN_IF_ERROR(ToStatus(findings));
    return patch;
  }
  StrategicPatch patch = MakeStrategicPatch(source, std::move(roots), findings);
  RETURN_IF_ERROR(ToStatus(findings));
  return patch;
}

absl::StatusOr<Config> ApplyPatches(const Config& config, std::span<const Patch> patches) {
  WorkingCopy copy(config);
  for (const Patch& patch : patches) {
    RETURN_IF_ERROR(std::visit([&](const auto& one) { return ApplyOne(one, copy); }, patch));
  }
  return Load(config.file(), copy.Text());
}

}  // namespace ichor::config
