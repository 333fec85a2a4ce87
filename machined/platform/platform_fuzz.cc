// Bytes that metadata services, media and META bring.
#include <cstddef>
#include <cstdint>
#include <string>

#include "lib/runtime/test_rows.h"
#include "machined/platform/metadata.h"
#include "machined/platform/network_config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(data, data + size);
  static const auto kLinks = ichor::AllOf<ichor::network::LinkStatus>(
      {{"eth0", "index: 2 type: LINK_ETHER hardware_addr: 'abcdef'"}});
  ichor::ReadPlatformConfig(bytes).status().IgnoreError();
  ichor::ReadNocloudNetwork(bytes, kLinks);
  ichor::ReadHcloudNetwork(bytes, kLinks);
  ichor::FileProblems problems("meta-data");
  ichor::ReadNocloudMetadata(bytes, bytes, problems);
  ichor::ReadHcloudMetadata({{"availability-zone", bytes}});
  return 0;
}
