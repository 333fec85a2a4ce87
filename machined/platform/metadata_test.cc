#include "machined/platform/metadata.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"

namespace ichor {

TEST_CASE("platform metadata: nocloud's meta-data, of which the serial number knows better") {
  FileProblems problems("meta-data");
  const PlatformMetadataSpec metadata = ReadNocloudMetadata(
      "local-hostname: n1.internal\ninstance-id: i-1\nregion: north\nzone: {a: b}\n"
      "public-hostname: n1.example\nprovider-id: 'kvm://i-1'\ninstance-type: small\nother: [1]\n",
      "ds=nocloud;i=i-2", problems);
  CHECK(metadata.platform() == "nocloud");
  CHECK(metadata.hostname() == "n1.internal");
  CHECK(metadata.internal_dns() == "n1.internal");
  CHECK(metadata.external_dns() == "n1.example");
  CHECK(metadata.instance_id() == "i-2");
  CHECK(metadata.instance_type() == "small");
  CHECK(metadata.provider_id() == "kvm://i-1");
  CHECK(metadata.region() == "north");
  CHECK(metadata.zone().empty());
  const std::vector<std::string> said = std::move(problems).Take();
  CHECK(said == std::vector<std::string>{"meta-data:4:7: zone: expected a text, got a mapping"});
}

TEST_CASE("platform metadata: nocloud without the file, or with noise, is what the serial says") {
  for (const std::string text : {"", "a: [", "- 1"}) {
    FileProblems problems("meta-data");
    const PlatformMetadataSpec metadata = ReadNocloudMetadata(text, "h=n7", problems);
    CHECK(metadata.hostname() == "n7");
    const std::size_t said = std::move(problems).Take().size();
    CHECK(said == (text.empty() ? 0 : 1));
  }
}

TEST_CASE("platform metadata: hcloud's files, its region is the front of the zone") {
  const PlatformMetadataSpec metadata = ReadHcloudMetadata(
      {{"hostname", "n1\n"}, {"instance-id", "4711\n"}, {"availability-zone", "fsn1-dc14\n"}});
  CHECK(metadata.hostname() == "n1");
  CHECK(metadata.instance_id() == "4711");
  CHECK(metadata.zone() == "fsn1-dc14");
  CHECK(metadata.region() == "fsn1");
  CHECK(metadata.provider_id() == "hcloud://4711");
}

}  // namespace ichor
