// What was there before udevd. Network cards first, so that the node is soon to be reached:
//
//   coldplug drivers   loads the drivers of network cards, while udevd still starts
//   coldplug           announces every device to udevd once, network cards first, and the rest when
//                      udevd is done with them. `udevadm trigger` does the same in eight times the
//                      time, most of it to read what it could filter by.
#include <array>
#include <string_view>

#include "lib/early/command_line.h"
#include "lib/early/console.h"
#include "lib/early/file.h"
#include "lib/early/modules.h"
#include "machined/coldplug/announce.h"
#include "machined/coldplug/network_cards.h"

namespace ichor::coldplug {
namespace {

constexpr const char* kSysfs = "/sys";

void LoadDrivers() {
  static std::array<char, early::kMaxCommandLine> buffer;
  const early::Console console("coldplug");  // not opened: it says what it says to its log
  early::Modules modules(early::ReadLine("/proc/cmdline", buffer).value_or(""), console);
  modules.Open();
  ForEachNetworkCard(kSysfs,
                     [&](const Path&, std::string_view modalias) { modules.LoadFor(modalias); });
}

void Announce() {
  constexpr int kPatienceMs = 5000;  // a driver whose card is broken may take its time
  std::array<char, 64> buffer{};
  const auto uuid = early::ReadLine("/proc/sys/kernel/random/uuid", buffer).value_or("");
  Answers answers;
  const bool heard = answers.Open();
  const std::size_t cards = AnnounceNetworkCards(kSysfs, uuid);
  if (heard) answers.Await(cards, uuid, kPatienceMs);
  AnnounceAll(kSysfs);
}

}  // namespace
}  // namespace ichor::coldplug

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "drivers") {
    ichor::coldplug::LoadDrivers();
  } else {
    ichor::coldplug::Announce();
  }
  return 0;
}
