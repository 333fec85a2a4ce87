#include "lib/kube/access.h"

#include <format>
#include <string_view>

#include "absl/strings/escaping.h"
#include "lib/base/status.h"
#include "lib/resource/tree.h"
#include "lib/resource/yaml.h"

namespace ichor::kube {
namespace {

using google::protobuf::Struct;

// The item with a name of a list, what is below its `key`; empty if there is none.
Struct Named(const Struct& file, std::string_view list, std::string_view name,
             std::string_view key) {
  const google::protobuf::Value* const items = Find(file, {list});
  if (items != nullptr) {
    for (const auto& item : items->list_value().values()) {
      const google::protobuf::Value* const found = Find(item.struct_value(), {key});
      if (found != nullptr && TextAt(item.struct_value(), {"name"}) == name) {
        return found->struct_value();
      }
    }
  }
  return {};
}

// The bytes that `key` gives: as base64 in "KEY-data", or in the file that it names.
absl::StatusOr<std::string> BytesOf(const Struct& object, const std::string& key,
                                    const ReadText& read) {
  const std::string data = TextAt(object, {key + "-data"});
  std::string bytes;
  if (!data.empty()) {
    if (!absl::Base64Unescape(data, &bytes)) {
      return absl::InvalidArgumentError(std::format("kubeconfig: {}-data is no base64", key));
    }
    return bytes;
  }
  const std::string path = TextAt(object, {key});
  if (path.empty()) {
    return absl::InvalidArgumentError(std::format("kubeconfig: no {}", key));
  }
  return read(path);
}

}  // namespace

absl::StatusOr<Access> AccessOfKubeconfig(const std::string& kubeconfig, const ReadText& read) {
  Struct file;
  if (!FromYaml(kubeconfig, file).ok()) {
    return absl::InvalidArgumentError("this is no kubeconfig");
  }
  const Struct context = Named(file, "contexts", TextAt(file, {"current-context"}), "context");
  const Struct cluster = Named(file, "clusters", TextAt(context, {"cluster"}), "cluster");
  const Struct user = Named(file, "users", TextAt(context, {"user"}), "user");
  Access access{.server = TextAt(cluster, {"server"})};
  if (access.server.empty()) {
    return absl::InvalidArgumentError("kubeconfig: no server");
  }
  ASSIGN_OR_RETURN(access.ca_pem, BytesOf(cluster, "certificate-authority", read));
  ASSIGN_OR_RETURN(access.certificate_pem, BytesOf(user, "client-certificate", read));
  ASSIGN_OR_RETURN(access.key_pem, BytesOf(user, "client-key", read));
  return access;
}

}  // namespace ichor::kube
