// Events that a test sends.
#pragma once

#include <string>
#include <vector>

#include "lib/sys/uevents.h"

namespace ichor::sys {

class FakeUevents : public Uevents {
 public:
  // Queues an event.
  void Send(Uevent event) { waiting_.push_back(std::move(event)); }
  // The queue overflows: what waits is lost, and the next Drain says so.
  void Lose();

  int Descriptor() const override { return -1; }
  absl::StatusOr<std::vector<Uevent>> Drain() override;

 private:
  std::vector<Uevent> waiting_;
  bool lost_ = false;
};

}  // namespace ichor::sys
