#include "networkd/resolver/host_dns.h"

#include <optional>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/fake_udp.h"

namespace ichor::networkd {
namespace {

const std::string kServer("\x0a\0\0\x01", 4);
const std::string kAddress("\x0a\0\0\x05", 4);
const std::string kV6Address(16, '\xfd');
const sys::UdpEndpoint kOwn{.address = std::string("\x7f\0\0\x35", 4), .port = 53};
const sys::UdpEndpoint kClient{.address = std::string("\x7f\0\0\x01", 4), .port = 5000};

struct Fixture {
  Fixture() {
    dns.SetServers({kServer});
    dns.Listen({kOwn});
  }

  // What a client that asks is told; nothing if it has to wait.
  std::optional<DnsReply> Ask(const std::string& name, DnsType type = DnsType::kA) {
    DnsQuery query{.id = 7};
    query.question = {.name = DnsName(name).value_or(""), .type = static_cast<std::uint16_t>(type)};
    udp.Deliver({.from = kClient, .to = kOwn, .payload = EncodeDnsQuery(query)});
    t.Settle();
    return Told();
  }

  // The last datagram to the client.
  std::optional<DnsReply> Told() {
    if (udp.sent.empty() || udp.sent.back().to != kClient) return std::nullopt;
    auto reply = ParseDnsReply(udp.sent.back().payload);
    REQUIRE_THAT(reply.status(), base::IsOk());
    return *std::move(reply);
  }

  // The server answers what it was asked last.
  void Answer(const std::vector<std::string>& addresses) {
    const std::size_t last = udp.sent.size() - 1;
    const auto query = ParseDnsQuery(udp.sent[last].payload);
    REQUIRE_THAT(query.status(), base::IsOk());
    udp.Answer(last, DnsAddresses(*query, addresses, 60));
    t.Settle();
  }

  TestRuntime t;
  sys::FakeUdp udp;
  std::uint32_t random = 0;
  HostDns dns{{.loop = *t.loop,
               .clock = t.clock,
               .udp = udp,
               .random = [this] { return ++random; },
               .connect = [](const auto& /*address*/, const auto& /*events*/)
                   -> absl::StatusOr<std::unique_ptr<sys::MessageStream>> {
                 return absl::UnavailableError("no TCP here");
               },
               .on_change = [] {}}};
};

}  // namespace

TEST_CASE("host dns: a question is asked once, and answered from what was heard then") {
  Fixture f;
  CHECK_FALSE(f.Ask("example.org").has_value());
  f.Answer({kAddress});
  const auto reply = f.Told();
  REQUIRE(reply.has_value());
  CHECK(reply->id == 7);
  CHECK(reply->addresses == std::vector<std::string>{kAddress});
  const std::size_t before = f.udp.sent.size();
  REQUIRE(f.Ask("EXAMPLE.org").has_value());
  CHECK(f.udp.sent.size() == before + 1);
  f.dns.SetServers({kAddress});
  CHECK_FALSE(f.Ask("example.org").has_value());  // others may know other things
}

TEST_CASE("host dns: the config's hosts are answered here, for ten seconds") {
  Fixture f;
  f.dns.SetHosts({{DnsName("store").value_or(""), {kAddress, kV6Address}}});
  auto reply = f.Ask("Store.");
  REQUIRE(reply.has_value());
  CHECK(reply->addresses == std::vector<std::string>{kAddress});
  CHECK(reply->ttl == 10);
  reply = f.Ask("store", DnsType::kAaaa);
  REQUIRE(reply.has_value());
  CHECK(reply->addresses == std::vector<std::string>{kV6Address});
  reply = f.Ask("store", DnsType::kSoa);
  REQUIRE(reply.has_value());
  CHECK(reply->negative);
  CHECK(reply->code == DnsCode::kOk);
}

TEST_CASE("host dns: without a server it says so at once; what is no question gets an error") {
  Fixture f;
  f.udp.unreachable = {kServer};
  const auto reply = f.Ask("example.org");
  REQUIRE(reply.has_value());
  CHECK(reply->code == DnsCode::kServer);
  f.udp.Deliver(
      {.from = kClient, .to = kOwn, .payload = std::string("\1\2\0\0\0\0\0\0\0\0\0\0", 12)});
  CHECK(f.udp.sent.back().payload.substr(0, 4) == std::string("\1\2\x80\1", 4));
}

TEST_CASE("host dns: a lookup gives the addresses of both families") {
  Fixture f;
  std::optional<std::vector<std::string>> found;
  const auto take = [&](const std::vector<std::string>& addresses) { found = addresses; };
  f.dns.Lookup("ntp.example.org", take);
  f.t.Settle();
  REQUIRE(f.udp.sent.size() == 2);
  f.Answer({kV6Address});
  CHECK_FALSE(found.has_value());
  const auto query = ParseDnsQuery(f.udp.sent[0].payload);
  f.udp.Answer(0, DnsAddresses(*query, {kAddress}, 60));
  f.t.Settle();
  REQUIRE(found.has_value());
  CHECK(*found == std::vector<std::string>{kAddress, kV6Address});
  f.dns.Lookup("not..a.name", take);
  CHECK(found->empty());
}

TEST_CASE("host dns: it hears where it is told to, and nowhere else") {
  Fixture f;
  REQUIRE(f.dns.listeners().size() == 1);
  CHECK_THAT(f.dns.listeners().begin()->second, base::IsOk());
  f.dns.Listen({});
  CHECK(f.dns.listeners().empty());
  CHECK(f.udp.open() == 0);
  CHECK_FALSE(f.Ask("example.org").has_value());
}

}  // namespace ichor::networkd
