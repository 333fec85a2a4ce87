#include "machined/platform/files.h"

#include <string>

#include "catch2/catch_test_macros.hpp"

namespace ichor {
namespace {

std::string Places(const std::string& line, const std::string& serial) {
  std::string places;
  for (const ConfigSource& file : PlatformFileSources(line, serial)) {
    places += (file.place == ConfigSource::Place::kVolume ? "cidata:" : "") + file.value + " ";
  }
  return places;
}

}  // namespace

TEST_CASE("platform files: nocloud has them on the server of the serial number, else on a volume") {
  CHECK(Places("talos.platform=nocloud", "ds=nocloud-net;s=http://10.0.0.2/n1") ==
        "http://10.0.0.2/n1/meta-data http://10.0.0.2/n1/network-config ");
  CHECK(Places("talos.platform=nocloud", "whatever") == "cidata:meta-data cidata:network-config ");
}

TEST_CASE("platform files: hcloud has five, metal none") {
  const std::string service = "http://169.254.169.254/hetzner/v1/metadata/";
  CHECK(Places("talos.platform=hcloud", "") == service + "hostname " + service + "instance-id " +
                                                   service + "availability-zone " + service +
                                                   "public-ipv4 " + service + "network-config ");
  CHECK(Places("quiet", "ds=nocloud-net;s=http://10.0.0.2/").empty());
}

}  // namespace ichor
