#include "machined/serving_certificates/policy.h"

#include <string>

#include "absl/strings/escaping.h"
#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/pki/key.h"
#include "lib/pki/names.h"
#include "lib/pki/request.h"
#include "lib/resource/tree.h"

namespace ichor {
namespace {

using base::IsOk;
using base::StatusIs;
using google::protobuf::Struct;

// Of the node n1, whose names are those of kNode.
pki::Statement Asked() {
  return {.common_name = "system:node:n1",
          .organizations = {"system:nodes"},
          .dns_names = {"n1"},
          .ips = {*pki::IpFromText("10.0.0.1"), *pki::IpFromText("fd00::1")}};
}

Struct RequestOf(const pki::Statement& asked) {
  const auto key = pki::Key::Generate(pki::KeyType::kEcdsaP256);
  REQUIRE_THAT(key.status(), IsOk());
  const auto request = pki::Request::Make(asked, *key);
  REQUIRE_THAT(request.status(), IsOk());
  return Object({{"metadata", Object({{"name", "csr-1"}})},
                 {"spec", Object({{"signerName", kServingSigner},
                                  {"username", "system:node:n1"},
                                  {"groups", List({"system:nodes", "system:authenticated"})},
                                  {"usages", List({"digital signature", "server auth"})},
                                  {"request", absl::Base64Escape(request->ToPem())}})}});
}

Struct Node() {
  const auto address = [](const char* type, const char* text) {
    return Object({{"type", type}, {"address", text}});
  };
  return Object(
      {{"status",
        Object({{"addresses", List({address("Hostname", "n1"), address("InternalIP", "10.0.0.1"),
                                    address("ExternalIP", "fd00::1")})}})}});
}

Struct& SpecOf(Struct& request) {
  return *(*request.mutable_fields())["spec"].mutable_struct_value();
}

void CheckRefused(const pki::Statement& asked, const std::string& why) {
  CHECK_THAT(CheckServingRequest(RequestOf(asked), Node()),
             StatusIs(absl::StatusCode::kFailedPrecondition, why));
}

}  // namespace

TEST_CASE("serving certificates: a node gets one for the names that it has") {
  const Struct request = RequestOf(Asked());
  CHECK(NodeThatAsks(request) == "n1");
  CHECK_THAT(CheckServingRequest(request, Node()), IsOk());
  const Struct approved = Approved(request);
  CHECK(NodeThatAsks(approved).empty());
  CHECK(TextAt(Find(approved, {"status", "conditions"})->list_value().values(0).struct_value(),
               {"type"}) == "Approved");
}

TEST_CASE("serving certificates: requests of others, and to other signers, are left to others") {
  Struct request = RequestOf(Asked());
  Set(SpecOf(request), "signerName", "kubernetes.io/kube-apiserver-client-kubelet");
  CHECK(NodeThatAsks(request).empty());
  request = RequestOf(Asked());
  Set(SpecOf(request), "username", "someone");
  CHECK(NodeThatAsks(request).empty());
  request = RequestOf(Asked());
  Set(SpecOf(request), "groups", List({"system:authenticated"}));
  CHECK(NodeThatAsks(request).empty());
}

TEST_CASE("serving certificates: nobody gets one for what is not his") {
  pki::Statement asked = Asked();
  asked.common_name = "system:node:n2";
  CheckRefused(asked, "it is for \"system:node:n2\" and not for who asks");
  asked = Asked();
  asked.organizations = {"system:masters"};
  CheckRefused(asked, "it is for \"system:node:n1\" and not for who asks");
  asked = Asked();
  asked.dns_names = {"kubernetes.default"};
  CheckRefused(asked, "\"kubernetes.default\" is no name of the node");
  asked = Asked();
  asked.ips = {*pki::IpFromText("10.0.0.2")};
  CheckRefused(asked, "it names an address that is not the node's");
  asked = Asked();
  asked.dns_names.clear();
  asked.ips.clear();
  CheckRefused(asked, "it names neither a host nor an address");
  CHECK_FALSE(CheckServingRequest(RequestOf(Asked()), Struct()).ok());
}

TEST_CASE("serving certificates: they are for serving, and asked for with the key") {
  Struct request = RequestOf(Asked());
  Set(SpecOf(request), "usages", List({"server auth", "client auth"}));
  CHECK_THAT(
      CheckServingRequest(request, Node()),
      StatusIs(absl::StatusCode::kFailedPrecondition, "it is to be used for \"client auth\""));
  Set(SpecOf(request), "usages", List({"digital signature"}));
  CHECK_THAT(CheckServingRequest(request, Node()),
             StatusIs(absl::StatusCode::kFailedPrecondition, "it is not to be used for serving"));
  request = RequestOf(Asked());
  Set(SpecOf(request), "request", "%");
  CHECK_THAT(CheckServingRequest(request, Node()),
             StatusIs(absl::StatusCode::kFailedPrecondition, "it is not in base64"));
  Set(SpecOf(request), "request", absl::Base64Escape("no request"));
  CHECK_FALSE(CheckServingRequest(request, Node()).ok());
}

}  // namespace ichor
