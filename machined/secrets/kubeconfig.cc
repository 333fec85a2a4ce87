#include "machined/secrets/kubeconfig.h"

#include "absl/strings/escaping.h"
#include "lib/resource/tree.h"
#include "lib/resource/yaml.h"

namespace ichor {
namespace {

std::string Encoded(const std::string& bytes) {
  return absl::Base64Escape(bytes);
}

// The first item of a list; null if it is none, or empty.
const google::protobuf::Struct* FirstOf(const google::protobuf::Struct& object,
                                        std::string_view key) {
  const google::protobuf::Value* const list = Find(object, {key});
  return list == nullptr || list->list_value().values().empty()
             ? nullptr
             : &list->list_value().values(0).struct_value();
}

std::string Decoded(const std::string& text) {
  std::string bytes;
  return absl::Base64Unescape(text, &bytes) ? bytes : "";
}

}  // namespace

std::string RenderKubeconfig(const KubeconfigWish& wish,
                             const common::PEMEncodedCertificateAndKey& client) {
  const std::string user = wish.user + "@" + wish.cluster;
  const std::string context = wish.context + "@" + wish.cluster;
  return ToYaml(Object(
      {{"apiVersion", "v1"},
       {"kind", "Config"},
       {"clusters", List({Object({{"name", wish.cluster},
                                  {"cluster", Object({{"server", wish.endpoint},
                                                      {"certificate-authority-data",
                                                       Encoded(wish.ca_pem)}})}})})},
       {"users", List({Object({{"name", user},
                               {"user", Object({{"client-certificate-data", Encoded(client.crt())},
                                                {"client-key-data", Encoded(client.key())}})}})})},
       {"contexts", List({Object({{"name", context},
                                  {"context", Object({{"cluster", wish.cluster},
                                                      {"namespace", "default"},
                                                      {"user", user}})}})})},
       {"current-context", context}}));
}

common::PEMEncodedCertificateAndKey ClientOfKubeconfig(const std::string& kubeconfig) {
  common::PEMEncodedCertificateAndKey client;
  google::protobuf::Struct object;
  if (!FromYaml(kubeconfig, object).ok()) {
    return client;
  }
  if (const google::protobuf::Struct* const user = FirstOf(object, "users"); user != nullptr) {
    client.set_crt(Decoded(TextAt(*user, {"user", "client-certificate-data"})));
    client.set_key(Decoded(TextAt(*user, {"user", "client-key-data"})));
  }
  return client;
}

std::string AcceptedCas(const secrets::KubernetesRootSecret::Spec& root) {
  std::string pem;
  for (const common::PEMEncodedCertificate& ca : root.accepted_cas()) {
    pem += ca.crt();
  }
  return pem;
}

}  // namespace ichor
