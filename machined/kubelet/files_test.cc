#include "machined/kubelet/files.h"

#include "catch2/catch_test_macros.hpp"
#include "catch2/matchers/catch_matchers_string.hpp"
#include "lib/resource/address_text.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

using Catch::Matchers::ContainsSubstring;

All<k8s::KubeletSpec> Spec(const char* text = "") {
  return AllOf<k8s::KubeletSpec>({{"kubelet", Text(text)}});
}

All<secrets::KubeletSecret> Secret(const std::string& more = "") {
  return AllOf<secrets::KubeletSecret>(
      {{"kubelet", Text("endpoint { full_path: 'https://localhost:6443' } accepted_cas { crt: 'CA' "
                        "} bootstrap_token_id: 'abc' bootstrap_token_secret: 'def'" +
                        more)}});
}

}  // namespace

TEST_CASE("kubelet files: how it joins, whom it trusts") {
  const auto files = RenderKubeletFiles(Spec(), Secret());
  REQUIRE(files.has_value());
  CHECK(files->size() == 3);
  CHECK(files->at("pki/ca.crt") == KubeletFile{.contents = "CA\n", .mode = 0400});
  const KubeletFile& joining = files->at("bootstrap-kubeconfig");
  CHECK(joining.mode == 0600);
  CHECK_THAT(joining.contents, ContainsSubstring("server: https://localhost:6443"));
  CHECK_THAT(joining.contents, ContainsSubstring("token: abc.def"));
  CHECK_THAT(joining.contents, ContainsSubstring("certificate-authority-data: Q0EK"));
  CHECK_THAT(joining.contents, !ContainsSubstring("tls-server-name"));
  CHECK_THAT(RenderKubeletFiles(Spec(), Secret(" endpoint_tls_server_name: 'k8s'"))
                 ->at("bootstrap-kubeconfig")
                 .contents,
             ContainsSubstring("tls-server-name: k8s"));
  CHECK_FALSE(RenderKubeletFiles(AllOf<k8s::KubeletSpec>({}), Secret()).has_value());
}

TEST_CASE("kubelet files: another revision after each change") {
  const auto before = RenderKubeletFiles(Spec(), Secret());
  const auto after = RenderKubeletFiles(
      Spec("credential_provider_config { fields { key: 'a' value { string_value: 'b' } } }"),
      Secret());
  CHECK(RevisionOf(*before).size() == 16);
  CHECK(RevisionOf(*before) != RevisionOf(*after));
  CHECK(after->at("kubelet-credentialproviderconfig.yaml").contents == "a: b\n");
}

TEST_CASE("kubelet files: pods ask the node's resolver, or its name servers") {
  network::ResolverStatus::Spec resolvers;
  for (const char* const server : {"10.0.0.1", "10.0.0.2", "fd00::3", "10.0.0.4"}) {
    *resolvers.add_dns_servers() = *ParseNetIP(server);
  }
  const auto servers = AllOf<network::ResolverStatus>({{"resolvers", resolvers}});
  network::HostDNSConfig::Spec own;
  own.set_enabled(true);
  CHECK(RenderPodResolvConf(servers, AllOf<network::HostDNSConfig>({{"config", own}})) ==
        "nameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver fd00::3\n");
  *own.mutable_service_host_dns_address() = *ParseNetIP("169.254.116.108");
  CHECK(RenderPodResolvConf(servers, AllOf<network::HostDNSConfig>({{"config", own}})) ==
        "nameserver 169.254.116.108\n");
  CHECK(RenderPodResolvConf(AllOf<network::ResolverStatus>({}), AllOf<network::HostDNSConfig>({}))
            .empty());
}

}  // namespace ichor
