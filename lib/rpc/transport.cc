#include "lib/rpc/transport.h"

#include <utility>

#include "lib/sys/unix_socket.h"

namespace ichor::rpc {
namespace {

class PlainTransport : public Transport {
 public:
  explicit PlainTransport(base::UniqueFd fd) : fd_(std::move(fd)) {
    if (absl::StatusOr<sys::PeerProcess> process = sys::PeerOf(fd_.get()); process.ok()) {
      peer_.process = *process;
    }
  }

  int descriptor() const override { return fd_.get(); }
  absl::StatusOr<bool> Establish() override { return true; }
  bool wants_to_write() const override { return false; }
  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    return sys::ReadSome(fd_.get(), buffer, size);
  }
  absl::StatusOr<size_t> Write(const char* data, size_t size) override {
    return sys::WriteSome(fd_.get(), data, size);
  }
  const Peer& peer() const override { return peer_; }

 private:
  const base::UniqueFd fd_;
  Peer peer_;
};

}  // namespace

std::unique_ptr<Transport> NewPlainTransport(base::UniqueFd fd) {
  return std::make_unique<PlainTransport>(std::move(fd));
}

}  // namespace ichor::rpc
