// Any bytes as what a time server answers. What is parsed is encoded to the same bytes.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/log/absl_check.h"
#include "networkd/time/keeper.h"
#include "networkd/time/ntp.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using ichor::networkd::NtpPacket;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto packet = ichor::networkd::ParseNtp(bytes);
  if (!packet.ok()) return 0;
  const std::string again = EncodeNtp(*packet);
  ABSL_CHECK(bytes.starts_with(again));
  // As if it answered us, whatever it answers.
  const auto sample =
      SampleOf(*packet, {.nonce = packet->origin,
                         .asked = packet->updated,
                         .answered = packet->updated + (NtpPacket().version << 20)});
  if (sample.ok()) {
    ABSL_CHECK(sample->delay.count() >= 0);
    ichor::networkd::TimeKeeper keeper(size % 2 == 0, 0);
    keeper.OnSample(*sample);
    ABSL_CHECK(keeper.poll() <= ichor::networkd::TimeKeeper::kLongestPoll);
  }
  return 0;
}
