// Announces to udevd, once, every device that was there before it: network cards first, so that the
// node is soon to be reached, and the rest when udevd is done with them. `udevadm trigger` does the
// same in eight times the time, most of it to read what it could filter by.
#include <array>

#include "lib/early/file.h"
#include "machined/coldplug/announce.h"

int main() {
  constexpr int kPatienceMs = 5000;  // a driver whose card is broken may take its time
  std::array<char, 64> buffer{};
  const auto uuid = ichor::early::ReadLine("/proc/sys/kernel/random/uuid", buffer).value_or("");
  ichor::coldplug::Answers answers;
  const bool heard = answers.Open();
  const std::size_t cards = ichor::coldplug::AnnounceNetworkCards("/sys", uuid);
  if (heard) answers.Await(cards, uuid, kPatienceMs);
  ichor::coldplug::AnnounceAll("/sys");
  return 0;
}
