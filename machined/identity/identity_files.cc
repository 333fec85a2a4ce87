#include "machined/identity/identity_files.h"

#include <format>

#include "lib/base/log.h"
#include "lib/base/random.h"
#include "lib/base/status.h"
#include "lib/resource/yaml.h"
#include "lib/sys/file.h"
#include "machined/identity/node_id.h"
#include "talos/resource/definitions/cluster/cluster.pb.h"

namespace ichor {
namespace {

using Spec = talos::resource::definitions::cluster::IdentitySpec;

constexpr const char* kFile = "node-identity.yaml";
constexpr const char* kCopy = "node-identity-copy.yaml";
constexpr size_t kMaxBytes = 4096;
constexpr unsigned kMode = 0600;

absl::StatusOr<std::string> ReadOne(const std::string& path) {
  const absl::StatusOr<std::string> text = sys::ReadFile(path, kMaxBytes);
  if (absl::IsNotFound(text.status())) {
    return text.status();
  }
  Spec spec;
  absl::Status status = text.ok() ? FromYaml(*text, spec) : text.status();
  if (status.ok()) {
    status = NodeIdBytes(spec.node_id()).status();
  }
  if (!status.ok()) {
    return absl::DataLossError(std::format("{}: {}", path, base::MessageOf(status)));
  }
  return spec.node_id();
}

}  // namespace

absl::StatusOr<std::string> IdentityFiles::Read() const {
  absl::StatusOr<std::string> first = ReadOne(Path(kFile));
  if (first.ok()) {
    return first;
  }
  absl::StatusOr<std::string> second = ReadOne(Path(kCopy));
  if (second.ok() || absl::IsNotFound(first.status())) {
    return second;
  }
  return first;
}

absl::StatusOr<std::string> IdentityFiles::ReadOrMake() const {
  absl::StatusOr<std::string> node_id = Read();
  if (absl::IsNotFound(node_id.status())) {
    return Make();
  }
  RETURN_IF_ERROR(node_id.status());
  RETURN_IF_ERROR(Mend(*node_id));
  return node_id;
}

absl::StatusOr<std::string> IdentityFiles::Repair() const {
  absl::StatusOr<std::string> node_id = ReadOrMake();
  if (absl::IsDataLoss(node_id.status())) {
    base::Log(base::Severity::kWarning, "the node gets a new identity: {}",
              base::MessageOf(node_id.status()));
    return Make();
  }
  return node_id;
}

// Writes those files that do not say `node_id`.
absl::Status IdentityFiles::Mend(const std::string& node_id) const {
  Spec spec;
  spec.set_node_id(node_id);
  for (const char* const name : {kCopy, kFile}) {
    if (const absl::StatusOr<std::string> there = ReadOne(Path(name));
        !there.ok() || *there != node_id) {
      RETURN_IF_ERROR(sys::WriteFileAtomically(Path(name), ToYaml(spec), kMode));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> IdentityFiles::Make() const {
  std::string node_id = ToNodeId(base::RandomBytes(kNodeIdBytes));
  RETURN_IF_ERROR(Mend(node_id));
  return node_id;
}

}  // namespace ichor
