// By c-ares: the C library's resolver would load other libraries at run time.
#include "lib/sys/host_names.h"

#include <ares.h>
#include <arpa/inet.h>

#include <array>
#include <format>
#include <memory>

namespace ichor::sys {
namespace {

constexpr int kTimeoutMs = 2000;
constexpr int kTries = 3;
constexpr int kPatienceMs = 10'000;

struct Answer {
  int status = ARES_ETIMEOUT;
  std::vector<std::string> addresses;
};

struct ChannelDelete {
  void operator()(ares_channel_t* channel) const { ares_destroy(channel); }
};

bool IsAddress(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

std::string TextOf(const ares_addrinfo_node& node) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* const bytes =
      node.ai_family == AF_INET
          ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in*>(node.ai_addr)->sin_addr)
          : &reinterpret_cast<const sockaddr_in6*>(node.ai_addr)->sin6_addr;
  return inet_ntop(node.ai_family, bytes, text.data(), text.size()) == nullptr ? "" : text.data();
}

void OnAnswer(void* target, int status, int /*timeouts*/, ares_addrinfo* result) {
  Answer& answer = *static_cast<Answer*>(target);
  answer.status = status;
  for (const ares_addrinfo_node* node = result == nullptr ? nullptr : result->nodes;
       node != nullptr; node = node->ai_next) {
    answer.addresses.push_back(TextOf(*node));
  }
  ares_freeaddrinfo(result);
}

}  // namespace

absl::StatusOr<std::vector<std::string>> AddressesOfHost(const std::string& host) {
  if (IsAddress(host)) {
    return std::vector<std::string>{host};
  }
  static const int kReady = ares_library_init(ARES_LIB_INIT_ALL);
  Answer answer;  // outlives the channel, which answers at the latest when it goes
  ares_channel_t* made = nullptr;
  ares_options options{};
  options.timeout = kTimeoutMs;
  options.tries = kTries;
  if (kReady != ARES_SUCCESS || ares_init_options(&made, &options,
                                                  ARES_OPT_EVENT_THREAD | ARES_OPT_TIMEOUTMS |
                                                      ARES_OPT_TRIES) != ARES_SUCCESS) {
    return absl::InternalError(host + ": the resolver does not start");
  }
  const std::unique_ptr<ares_channel_t, ChannelDelete> channel(made);
  const ares_addrinfo_hints hints{
      .ai_flags = 0, .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_protocol = 0};
  ares_getaddrinfo(channel.get(), host.c_str(), nullptr, &hints, OnAnswer, &answer);
  if (ares_queue_wait_empty(channel.get(), kPatienceMs) != ARES_SUCCESS) {
    return absl::NotFoundError(std::format("{}: no name server answers", host));
  }
  if (answer.addresses.empty()) {
    return absl::NotFoundError(std::format("{}: {}", host, ares_strerror(answer.status)));
  }
  return answer.addresses;
}

}  // namespace ichor::sys
