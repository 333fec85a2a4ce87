// Ownership of a file descriptor, for programs without lib/base.
#pragma once

namespace ichor::early {

// Owns one descriptor, or none (-1), and closes it. Movable, not copyable.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.Release()) {}
  Fd& operator=(Fd&& other) noexcept;
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { Reset(); }

  // The descriptor, still owned here; -1 if none.
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

  // Gives the descriptor to the caller; none is owned afterwards.
  [[nodiscard]] int Release();
  // Closes what is owned and owns `fd` from now on. Leaves errno as it was.
  void Reset(int fd = -1);

 private:
  int fd_ = -1;
};

}  // namespace ichor::early
