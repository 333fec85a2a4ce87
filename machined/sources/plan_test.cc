#include "machined/sources/plan.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"

namespace ichor {
namespace {

using Place = ConfigSource::Place;
using Form = ConfigSource::Form;

const ConfigSource kImage{.name = "embedded", .place = Place::kEmbedded};

TEST_CASE("sources: a plain machine looks into its image only") {
  const std::string line =
      GENERATE("", "talos.platform=metal", "talos.config=none",
               "talos.config=", "talos.platform=unheard-of talos.config=http://host/");
  CHECK(ConfigSources(line, "serial") == std::vector{kImage});
}

TEST_CASE("sources: on metal talos.config says where, and nothing there is no answer") {
  CHECK(ConfigSources("talos.config=http://host/c?m=${mac} talos.platform=metal", "") ==
        std::vector{kImage, ConfigSource{.name = "metal",
                                         .place = Place::kUrl,
                                         .value = "http://host/c?m=${mac}",
                                         .optional = false}});
  CHECK(ConfigSources("talos.config=metal-iso", "") ==
        std::vector{kImage, ConfigSource{.name = "metal",
                                         .place = Place::kVolume,
                                         .value = "config.yaml",
                                         .labels = {"metal-iso"},
                                         .optional = false}});
}

TEST_CASE("sources: configs in arguments come before and after the platform, in pieces") {
  const auto sources = ConfigSources(
      "talos.config.inline=c talos.config.early=a talos.config.early=b talos.config.inline=d "
      "talos.platform=hcloud",
      "");
  CHECK(sources ==
        std::vector{
            kImage, ConfigSource{.name = "cmdline-early", .place = Place::kArgument, .value = "ab"},
            ConfigSource{.name = "hcloud",
                         .place = Place::kUrl,
                         .value = "http://169.254.169.254/hetzner/v1/userdata",
                         .form = Form::kHcloud},
            ConfigSource{.name = "cmdline-late", .place = Place::kArgument, .value = "cd"}});
}

TEST_CASE("sources: nocloud has a server if the serial number names one, else a volume") {
  CHECK(ConfigSources("talos.platform=nocloud", "ds=nocloud-net;s=http://10.0.0.1/node").at(1) ==
        ConfigSource{.name = "nocloud",
                     .place = Place::kUrl,
                     .value = "http://10.0.0.1/node/user-data",
                     .form = Form::kNocloud});
  CHECK(ConfigSources("talos.platform=nocloud", "12345").at(1) ==
        ConfigSource{.name = "nocloud",
                     .place = Place::kVolume,
                     .value = "user-data",
                     .labels = {"cidata", "CIDATA"},
                     .form = Form::kNocloud});
}

}  // namespace
}  // namespace ichor
