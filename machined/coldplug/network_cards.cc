#include "machined/coldplug/network_cards.h"

#include <algorithm>

namespace ichor::coldplug {
namespace {

// A bus, and what stands somewhere behind it in the modalias of a network card.
struct Card {
  std::string_view begins;
  std::string_view contains;
};

constexpr std::array kCards = {
    Card{"pci:", "bc02"},                                // base class 2 (PCI Code and ID)
    Card{"virtio:d00000001v", ""},                       // virtio 1.2, 5.1
    Card{"vmbus:635161f83edfc546913ff2d2f965ed0e", ""},  // Hyper-V's synthetic card
    Card{"xen:vif", ""},                                 //
    Card{"of:Nethernet", ""},                            // device tree
};

}  // namespace

bool IsNetworkCard(std::string_view modalias) {
  return std::ranges::any_of(kCards, [&](const Card& card) {
    return modalias.starts_with(card.begins) &&
           modalias.find(card.contains, card.begins.size()) != std::string_view::npos;
  });
}

}  // namespace ichor::coldplug
