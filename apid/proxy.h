// Passes calls on to machined, as the bytes that they are.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "lib/rpc/client.h"
#include "lib/rpc/metadata.h"
#include "lib/rpc/stream.h"
#include "lib/runtime/loop.h"

namespace ichor::apid {

// How much waits in memory: beyond, the side that sends is held up, or the call refused.
struct ProxyLimits {
  size_t call_bytes = 32 << 10;  // of one call and direction, beside the streams' windows
  size_t total_bytes = 32 << 20;
  size_t calls = 4096;
};

// One connection to machined, made with the first call, and again with the first after it broke.
// Loop's thread only.
class Proxy {
 public:
  // `loop` must outlive the proxy, and the proxy all calls.
  Proxy(Loop& loop, std::string machined_path, const ProxyLimits& limits = {});
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  // Passes a call of `client` on to `path`, with `metadata`: messages, headers, status and trailers
  // come back unchanged. Ends it with Unavailable if machined is not there, with ResourceExhausted
  // if too much is going on. A client that breaks off breaks off machined's call too.
  std::unique_ptr<rpc::Call> Pass(std::string_view path, const rpc::Metadata& metadata,
                                  rpc::Stream& client);

  const ProxyLimits& limits() const { return limits_; }

  // For the calls: how much more or less waits, and how many there are. False if it is too much.
  bool Account(std::ptrdiff_t bytes);
  void OnCall(std::ptrdiff_t count) { calls_ += static_cast<size_t>(count); }

 private:
  absl::Status Connect();

  Loop& loop_;
  const std::string machined_path_;
  const ProxyLimits limits_;
  size_t waiting_bytes_ = 0;
  size_t calls_ = 0;
  std::unique_ptr<rpc::Client> client_;  // last: its calls account
};

}  // namespace ichor::apid
