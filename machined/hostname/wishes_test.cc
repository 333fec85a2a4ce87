#include "machined/hostname/wishes.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/address_text.h"
#include "lib/runtime/test_rows.h"
#include "machined/hostname/default_name.h"

namespace ichor {
namespace {

using Stage = boot::NodeStage::Spec;

// The wishes of a machine of UUID "u" and address 10.0.0.5, as "layer=name.domain", for a config.
std::string Wishes(const std::string& text, const std::string& node_id = "",
                   Stage::Stage stage = Stage::MAINTENANCE) {
  std::vector<GivenRow<cluster::Identity>> identities;
  if (!node_id.empty()) {
    identities.emplace_back("local", "node_id: '" + node_id + "'");
  }
  Stage stage_row;
  stage_row.set_stage(stage);
  std::vector<GivenRow<config::MachineConfig>> configs;
  if (!text.empty()) {
    config::MachineConfig::Spec spec;
    spec.set_yaml_marshalled(text);
    configs.emplace_back("v1alpha1", spec);
  }
  network::NodeAddress::Spec address;
  *address.add_addresses() = ParseNetIPPrefix("10.0.0.5/24").value_or(common::NetIPPrefix());
  auto answer = WishHostname(
      AllOf<config::MachineConfig>(std::move(configs)),
      AllOf<cluster::Identity>(std::move(identities)),
      AllOf<boot::NodeStage>({{"stage", stage_row}}),
      AllOf<hardware::SystemInformation>({{"systeminformation", "uuid: 'u'"}}),
      AllOf<network::LinkStatus>({}), AllOf<network::NodeAddress>({{"default", address}}));
  REQUIRE_THAT(answer, base::IsOk());
  const auto rows = Stated(*std::move(answer));
  std::string all;
  for (const auto& row : rows) {
    all += row.id().substr(0, row.id().find('/')) + "=" + row.spec().hostname() + "." +
           row.spec().domainname() + " ";
  }
  return all;
}

const std::string kStable = "default=" + StableHostname("u") + ". ";
constexpr const char* kDocument = "apiVersion: v1alpha1\nkind: HostnameConfig\n";

}  // namespace

TEST_CASE("hostname wishes: the stable name without a config, and where one asks for it") {
  CHECK(Wishes("") == kStable);
  CHECK(Wishes(std::string(kDocument) + "auto: stable\n") == kStable);
  CHECK(Wishes("machine: {type: worker, features: {stableHostname: true}}\n") == kStable);
}

TEST_CASE("hostname wishes: an old config is named after its address; off means no default") {
  CHECK(Wishes("machine: {type: worker}\n") == "default=talos-10-0-0-5. ");
  CHECK(Wishes(std::string(kDocument) + "auto: off\nhostname: n1\n") == "configuration=n1. ");
}

TEST_CASE("hostname wishes: the config's name, of either form, with its domain") {
  CHECK(Wishes(std::string(kDocument) + "hostname: n1.example.org\n") ==
        "configuration=n1.example.org " + kStable);
  CHECK(Wishes("machine: {type: worker, network: {hostname: n2}}\n") ==
        "configuration=n2. default=talos-10-0-0-5. ");
}

TEST_CASE("hostname wishes: the disk's identity names a node, wherever it runs") {
  const std::string of_node = "default=" + StableHostname("id") + ". ";
  const std::string config = std::string(kDocument) + "auto: stable\n";
  CHECK(Wishes(config, "id", Stage::CONFIGURED) == of_node);
  CHECK(Wishes(config, "id", Stage::INSTALLING) == of_node);
  CHECK(Wishes(config, "", Stage::INSTALLING) == kStable);
  CHECK(Wishes("", "", Stage::RECOVERY) == kStable);
}

TEST_CASE("hostname wishes: a node whose identity is not read, or lost, gets no other name") {
  const std::string config = std::string(kDocument) + "auto: stable\n";
  CHECK(Wishes(config, "", Stage::CONFIGURED).empty());
  CHECK(Wishes("", "", Stage::STARTING).empty());
}

}  // namespace ichor
