// The last bytes of a process's log, and which of them are still to be told.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ichor::init {

// A ring of fixed size. Positions count bytes since the ring was made or cleared.
class LogRing {
 public:
  static constexpr std::size_t kCapacity = 16 * 1024;

  // Adds bytes; the oldest go.
  void Append(std::span<const std::byte> bytes);

  // How many bytes went before they were told. They must be counted as told before Untold() is
  // asked.
  std::uint64_t Lost() const { return Begin() > told_ ? Begin() - told_ : 0; }
  // The next bytes to tell, at most `limit`, in one piece; empty if all are told.
  std::span<const std::byte> Untold(std::size_t limit) const;
  // Counts the next `size` bytes as told.
  void Told(std::uint64_t size) { told_ += size; }
  bool AllTold() const { return told_ == end_; }
  // What is still there counts as untold again: somebody new listens, who heard nothing.
  void TellAgain();

  // Copies the last bytes into `out`, told or not; returns how many.
  std::size_t Last(std::span<std::byte> out) const;

  // Forgets everything.
  void Clear();

 private:
  std::uint64_t Begin() const { return end_ > kCapacity ? end_ - kCapacity : 0; }

  std::array<std::byte, kCapacity> bytes_{};
  std::uint64_t end_ = 0;
  std::uint64_t told_ = 0;
};

}  // namespace ichor::init
