#include "machined/serving_certificates/register.h"

#include "absl/strings/escaping.h"
#include "catch2/catch_test_macros.hpp"
#include "lib/base/captured_stderr.h"
#include "lib/base/status_matchers.h"
#include "lib/pki/request.h"
#include "lib/resource/text.h"
#include "lib/resource/tree.h"
#include "machined/cluster_api/test_room.h"
#include "machined/secrets/kubeconfig.h"
#include "machined/serving_certificates/policy.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor {
namespace {

using google::protobuf::Struct;
using std::chrono_literals::operator""s;

constexpr const char* kRequest = "/apis/certificates.k8s.io/v1/certificatesigningrequests/csr-1";

struct Fixture : TestRoom {
  Fixture() {
    secrets::KubernetesSecret::Spec secret;
    secret.set_localhost_admin_kubeconfig(RenderKubeconfig({.cluster = "c",
                                                            .endpoint = "https://127.0.0.1:7445",
                                                            .ca_pem = "ca",
                                                            .user = "u",
                                                            .context = "u"},
                                                           Text("crt: 'crt' key: 'key'")));
    t.runtime.Publish<secrets::KubernetesSecret>("test", {{"k8s-certs", std::move(secret)}});
    REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
    SetService("etcd", true);
  }

  // The node n1, called `host`, asks for a certificate for the name n1.
  void Ask(const std::string& host) {
    const auto key = pki::Key::Generate(pki::KeyType::kEcdsaP256);
    const auto asked = pki::Request::Make(
        {.common_name = "system:node:n1", .organizations = {"system:nodes"}, .dns_names = {"n1"}},
        *key);
    const Struct request =
        Object({{"metadata", Object({{"name", "csr-1"}})},
                {"spec", Object({{"signerName", kServingSigner},
                                 {"username", "system:node:n1"},
                                 {"groups", List({"system:nodes"})},
                                 {"usages", List({"server auth"})},
                                 {"request", absl::Base64Escape(asked->ToPem())}})}});
    api.Put(kRequest, request);
    api.Put("/api/v1/nodes/n1",
            Object({{"status", Object({{"addresses", List({Object({{"type", "Hostname"},
                                                                   {"address", host}})})}})}}));
  }

  bool IsApproved() { return Find(api.At(kRequest), {"status", "conditions"}) != nullptr; }

  ServingCertificates room{t.runtime, Parts()};
};

}  // namespace

TEST_CASE(
    "serving certificates: what a kubelet may have is approved while this is a control plane") {
  Fixture f;
  f.Ask("n1");
  CHECK_FALSE(f.IsApproved());
  f.t.Advance(31s);
  CHECK(f.IsApproved());
  f.SetService("etcd", false);
  f.Ask("n1");
  f.t.Advance(61s);
  CHECK_FALSE(f.IsApproved());
}

TEST_CASE("serving certificates: what it may not have is told once, and left to others") {
  Fixture f;
  f.Ask("n2");
  CHECK(base::CaptureStderr([&] { f.t.Advance(120s); }) ==
        "warning: the serving certificate csr-1 of node n1 is not approved: \"n1\" is no name of "
        "the node\n");
  CHECK_FALSE(f.IsApproved());
}

}  // namespace ichor
