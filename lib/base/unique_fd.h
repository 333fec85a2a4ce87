// Ownership of a file descriptor.
#pragma once

namespace ichor::base {

// Owns one descriptor, or none (-1), and closes it. Movable, not copyable.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept;
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd();

  // The descriptor, still owned here; -1 if none.
  int get() const { return fd_; }       // NOLINT(readability-identifier-naming): as std::unique_ptr
  bool ok() const { return fd_ >= 0; }  // NOLINT(readability-identifier-naming): as absl::Status

  // Gives the descriptor to the caller; none is owned afterwards.
  [[nodiscard]] int Release();
  // Closes what is owned and owns `fd` from now on.
  void Reset(int fd = -1);

 private:
  int fd_ = -1;
};

}  // namespace ichor::base
