#include "machined/containers/image_files.h"

#include <format>
#include <span>

#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "lib/base/hex.h"
#include "lib/base/status.h"
#include "lib/early/sha256.h"
#include "lib/resource/tree.h"

namespace ichor {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

absl::StatusOr<Struct> ReadObject(std::string_view json) {
  Struct object;
  if (!google::protobuf::util::JsonStringToMessage({json.data(), json.size()}, &object).ok()) {
    return absl::InvalidArgumentError("a file of the image is no JSON object");
  }
  return object;
}

bool IsFor(const Struct& manifest, std::string_view architecture) {
  return TextAt(manifest, {"platform", "os"}) == "linux" &&
         TextAt(manifest, {"platform", "architecture"}) == architecture;
}

std::string Sha256Of(const std::string& text) {
  early::Sha256 hash;
  hash.Update(std::as_bytes(std::span(text)));
  return "sha256:" + base::Hex(hash.Finish());
}

}  // namespace

absl::StatusOr<std::string> ManifestFor(std::string_view index, std::string_view architecture) {
  ASSIGN_OR_RETURN(const Struct object, ReadObject(index));
  if (Find(object, {"config"}) != nullptr) {
    return std::string();
  }
  const Value* const manifests = Find(object, {"manifests"});
  if (manifests == nullptr) {
    return absl::InvalidArgumentError("neither an index nor a manifest of an image");
  }
  for (const Value& manifest : manifests->list_value().values()) {
    if (IsFor(manifest.struct_value(), architecture)) {
      return TextAt(manifest.struct_value(), {"digest"});
    }
  }
  return absl::NotFoundError(std::format("the image has nothing for {}", architecture));
}

absl::StatusOr<std::string> ConfigOf(std::string_view manifest) {
  ASSIGN_OR_RETURN(const Struct object, ReadObject(manifest));
  std::string digest = TextAt(object, {"config", "digest"});
  if (digest.empty()) {
    return absl::InvalidArgumentError("the image's manifest names no configuration");
  }
  return digest;
}

absl::StatusOr<std::int64_t> SizeOf(std::string_view manifest) {
  ASSIGN_OR_RETURN(const Struct object, ReadObject(manifest));
  const Value* const layers = Find(object, {"layers"});
  const Value* const config = Find(object, {"config", "size"});
  if (layers == nullptr || config == nullptr) {
    return absl::InvalidArgumentError("the image's manifest has no sizes");
  }
  double size = config->number_value();
  for (const Value& layer : layers->list_value().values()) {
    const Value* const bytes = Find(layer.struct_value(), {"size"});
    size += bytes == nullptr ? 0 : bytes->number_value();
  }
  return static_cast<std::int64_t>(size);
}

std::string PinnedName(std::string_view name, std::string_view digest) {
  name = name.substr(0, name.find('@'));
  const size_t tag = name.find(':', name.rfind('/') + 1);
  return std::format("{}@{}", name.substr(0, tag), digest);
}

// A layer's chain ID is the digest of the one below it and its own: layer.md of the specification.
absl::StatusOr<ImageConfig> ReadImageConfig(std::string_view config) {
  ASSIGN_OR_RETURN(const Struct object, ReadObject(config));
  const Value* const layers = Find(object, {"rootfs", "diff_ids"});
  if (layers == nullptr || layers->list_value().values().empty()) {
    return absl::InvalidArgumentError("the image has no layers");
  }
  ImageConfig result;
  for (const Value& layer : layers->list_value().values()) {
    const std::string& diff = layer.string_value();
    result.chain_id = result.chain_id.empty() ? diff : Sha256Of(result.chain_id + " " + diff);
  }
  if (const Value* const variables = Find(object, {"config", "Env"}); variables != nullptr) {
    for (const Value& variable : variables->list_value().values()) {
      result.environment.push_back(variable.string_value());
    }
  }
  return result;
}

}  // namespace ichor
