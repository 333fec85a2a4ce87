#include "lib/dashboard/network_form.h"

#include <string>
#include <utility>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/address_text.h"
#include "lib/resource/yaml.h"

namespace ichor::dashboard {
namespace {

namespace enums = talos::resource::definitions::enums;

Model Machine() {
  Model model;
  model.links["enp0s3"].set_type(enums::LINK_ETHER);
  model.links["enp0s4"].set_type(enums::LINK_ETHER);
  model.links["br0"].set_type(enums::LINK_ETHER);
  model.links["br0"].set_kind("bridge");
  model.links["lo"].set_type(enums::LINK_LOOPBCK);
  model.status["machine"].set_stage(enums::MACHINE_STAGE_MAINTENANCE);
  model.platforms["platformmetadata"].set_platform("metal");
  return model;
}

NetworkForm Static(const std::string& addresses, const std::string& gateway) {
  NetworkForm form;
  form.is_static = true;
  form.texts[NetworkForm::kAddresses] = addresses;
  form.texts[NetworkForm::kGateway] = gateway;
  return form;
}

std::string Problem(NetworkForm form, NetworkForm::Field field, const std::string& text) {
  form.texts[field] = text;
  const auto yaml = PlatformConfigOf(form, Machine());
  return yaml.ok() ? "" : std::string(yaml.status().message());
}

}  // namespace

TEST_CASE("network form: a static network, on a VLAN, with names and time") {
  NetworkForm form = Static("10.0.0.5/24, fd00::5/64", "10.0.0.1");
  form.texts[NetworkForm::kHostname] = "n1.rack.example";
  form.texts[NetworkForm::kDnsServers] = "9.9.9.9 2620:fe::fe";
  form.texts[NetworkForm::kTimeServers] = "ntp.example,10.0.0.2";
  form.texts[NetworkForm::kVlan] = "7";
  form.interface = "enp0s4";
  const auto yaml = PlatformConfigOf(form, Machine());
  REQUIRE_THAT(yaml, base::IsOk());
  network::PlatformConfig::Spec config;
  REQUIRE_THAT(FromYaml(*yaml, config), base::IsOk());
  REQUIRE(config.links_size() == 2);
  CHECK(config.links(0).name() == "enp0s4");
  CHECK(config.links(1).name() == "enp0s4.7");
  CHECK(config.links(1).logical());
  CHECK(config.links(1).vlan().vid() == 7);
  REQUIRE(config.addresses_size() == 2);
  CHECK(ToText(config.addresses(0).address()) == "10.0.0.5/24");
  CHECK(config.addresses(0).link_name() == "enp0s4.7");
  CHECK(config.addresses(1).family() == enums::FAMILY_INET6);
  CHECK(ToText(config.routes(0).gateway()) == "10.0.0.1");
  CHECK(config.hostnames(0).hostname() == "n1");
  CHECK(config.hostnames(0).domainname() == "rack.example");
  CHECK(config.resolvers(0).dns_servers_size() == 2);
  CHECK(config.time_servers(0).ntp_servers_size() == 2);
  CHECK(config.operators().empty());
}

TEST_CASE("network form: an untouched one asks for a lease on the first card") {
  const auto yaml = PlatformConfigOf({}, Machine());
  REQUIRE_THAT(yaml, base::IsOk());
  network::PlatformConfig::Spec config;
  REQUIRE_THAT(FromYaml(*yaml, config), base::IsOk());
  CHECK(config.links(0).name() == "enp0s3");
  CHECK(config.operators(0).link_name() == "enp0s3");
  CHECK(config.hostnames().empty());
  CHECK(config.addresses().empty());
}

TEST_CASE("network form: what makes no sense is said with the name of its field") {
  CHECK(Problem({}, NetworkForm::kHostname, "-n1") == "Hostname: \"-n1\" is no hostname");
  CHECK(Problem({}, NetworkForm::kDnsServers, "9.9.9") == "DNS Servers: \"9.9.9\" is no address");
  CHECK(Problem({}, NetworkForm::kTimeServers, "a_b") ==
        "Time Servers: \"a_b\" is neither a name nor an address");
  CHECK(Problem({}, NetworkForm::kVlan, "5000") == "VLAN ID: \"5000\" is no number from 1 to 4094");
  const NetworkForm form = Static("10.0.0.5/24", "");
  CHECK(Problem(form, NetworkForm::kAddresses, "10.0.0.5") ==
        "Addresses: \"10.0.0.5\" is no address with a length, such as 10.0.0.5/24");
  CHECK(Problem(form, NetworkForm::kAddresses, " ") == "Addresses: there must be one at least");
  CHECK(Problem(form, NetworkForm::kGateway, "there") == "Gateway: \"there\" is no address");
  CHECK(Problem(form, NetworkForm::kGateway, "10.0.1.1") ==
        "Gateway: 10.0.1.1 is in no subnet of the addresses");
  CHECK(Problem(form, NetworkForm::kGateway, "10.0.0.1").empty());
  CHECK(PlatformConfigOf({}, Model()).status().message() ==
        "Interface: this machine has no network card");
}

TEST_CASE("network form: keys type, move and choose") {
  const Model model = Machine();
  NetworkForm form;
  for (const char letter : {'h', '1', 'q', 'x'}) {
    form = After(std::move(form), {.key = Key::kLetter, .letter = letter}, model);
  }
  form = After(std::move(form), {.key = Key::kErase}, model);
  CHECK(form.texts[NetworkForm::kHostname] == "h1q");
  for (int i = 0; i < 3; ++i) {
    form = After(std::move(form), {.key = Key::kDown}, model);
  }
  CHECK(form.at == NetworkForm::kInterface);
  form = After(std::move(form), {.key = Key::kLeft}, model);
  CHECK(ShownField(form, NetworkForm::kInterface, model) == "enp0s4");
  form = After(std::move(form), {.key = Key::kRight}, model);
  CHECK(ShownField(form, NetworkForm::kInterface, model) == "enp0s3");
  form = After(std::move(form), {.key = Key::kEnter}, model);
  form = After(std::move(form), {.key = Key::kEnter}, model);
  form = After(std::move(form), {.key = Key::kLetter, .letter = ' '}, model);
  CHECK(ShownField(form, NetworkForm::kMode, model) == "Static");
  for (int i = 0; i < 9; ++i) {
    form = After(std::move(form), {.key = Key::kDown}, model);
  }
  CHECK(form.at == NetworkForm::kSave);
  CHECK(After(form, {.key = Key::kUp}, model).at == NetworkForm::kGateway);
}

TEST_CASE("network form: it is for nodes in maintenance mode, on metal") {
  Model model = Machine();
  CHECK(TakesNetworkForm(model));
  model.platforms["platformmetadata"].set_platform("nocloud");
  CHECK_FALSE(TakesNetworkForm(model));
  model = Machine();
  model.status["machine"].set_stage(enums::MACHINE_STAGE_RUNNING);
  CHECK_FALSE(TakesNetworkForm(model));
  CHECK_FALSE(TakesNetworkForm(Model()));
}

}  // namespace ichor::dashboard
