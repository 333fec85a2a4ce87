#include "machined/kubernetes/address_filters.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/resource/address_text.h"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

All<network::NodeAddressFilter> FiltersOf(const std::string& text) {
  config::MachineConfig::Spec spec;
  spec.set_yaml_marshalled(text);
  return Stated(DeriveAddressFilters(AllOf<config::MachineConfig>({{"v1alpha1", spec}})).value());
}

std::string PrefixText(const google::protobuf::RepeatedPtrField<common::NetIPPrefix>& prefixes) {
  std::string text;
  for (const auto& prefix : prefixes) {
    text += (text.empty() ? "" : " ") + ToText(prefix);
  }
  return text;
}

}  // namespace

TEST_CASE("address filters: the networks of pods and services are apart from the node's own") {
  const auto filters = FiltersOf(
      "machine: {type: worker}\ncluster: {ca: {crt: Y2E=}, token: a.b, controlPlane: "
      "{endpoint: \"https://x:6443\"}, network: {podSubnets: [10.1.0.0/16, "
      "\"fd00:1::/64\"], serviceSubnets: [10.2.0.0/16, nonsense]}}\n");
  REQUIRE(Ids(filters) == "no-k8s only-k8s");
  const auto& without = filters[0].spec();
  CHECK(PrefixText(without.exclude_subnets()) == "10.1.0.0/16 fd00:1::/64 10.2.0.0/16");
  CHECK(without.include_subnets().empty());
  const auto& only = filters[1].spec();
  CHECK(PrefixText(only.include_subnets()) == "10.1.0.0/16 fd00:1::/64 10.2.0.0/16");
  CHECK(only.exclude_subnets().empty());
}

TEST_CASE("address filters: a machine that is no node of Kubernetes has none") {
  CHECK(FiltersOf("machine: {type: worker}\ncluster: {}\n").empty());
}

}  // namespace ichor
