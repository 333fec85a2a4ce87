// A client that asks for much and then reads nothing.
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators_range.hpp"
#include "cosi/resource/state.pb.h"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "machined/api/api_fixture.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor::api {
namespace {

constexpr int kMany = 20'000;
const std::string kMachine = "/machine.MachineService/";

struct Stream {
  std::string method;
  std::string request;
};

template <class Request, class Fill>
Stream StreamOf(const std::string& method, Fill fill) {
  Request request;
  fill(request);
  return {.method = method, .request = request.SerializeAsString()};
}

// All methods that answer with more than one message.
std::vector<Stream> Streams() {
  const auto all_of_hostnames = [](auto& request) {
    request.set_namespace_("network");
    request.set_type("HostnameSpecs.net.talos.dev");
  };
  return {
      StreamOf<machine::ReadRequest>(kMachine + "Read", [](auto& r) { r.set_path("/big/file"); }),
      StreamOf<machine::CopyRequest>(kMachine + "Copy", [](auto& r) { r.set_root_path("/big"); }),
      StreamOf<machine::ListRequest>(kMachine + "List",
                                     [](auto& r) {
                                       r.set_root("/many");
                                       r.set_recurse(true);
                                     }),
      StreamOf<machine::DiskUsageRequest>(kMachine + "DiskUsage",
                                          [](auto& r) {
                                            r.add_paths("/many");
                                            r.set_all(true);
                                          }),
      StreamOf<machine::LogsRequest>(kMachine + "Logs",
                                     [](auto& r) {
                                       r.set_id("apid");
                                       r.set_tail_lines(-1);
                                       r.set_follow(true);
                                     }),
      StreamOf<machine::DmesgRequest>(kMachine + "Dmesg", [](auto& r) { r.set_follow(true); }),
      StreamOf<machine::EventsRequest>(kMachine + "Events", [](auto& r) { r.set_tail_events(-1); }),
      StreamOf<machine::PacketCaptureRequest>(kMachine + "PacketCapture",
                                              [](auto& r) { r.set_interface("eth0"); }),
      StreamOf<cosi::resource::ListRequest>("/cosi.resource.State/List", all_of_hostnames),
      StreamOf<cosi::resource::WatchRequest>("/cosi.resource.State/Watch",
                                             [&](auto& request) {
                                               all_of_hostnames(request);
                                               request.mutable_options()->set_bootstrap_contents(
                                                   true);
                                             }),
  };
}

// Bytes that no packing makes small.
std::string Noise(size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 1;
  for (char& byte : bytes) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<char>(state >> 24);
  }
  return bytes;
}

void FillNode(ApiFixture& f) {
  f.files.AddFile("/big/file", Noise(8 << 20));
  Desired<network::HostnameSpec> hostnames;
  for (int i = 0; i < kMany; ++i) {
    f.files.AddFile("/many/" + std::to_string(i) + std::string(100, 'x'), "");
    hostnames.Add(std::to_string(i), Text("hostname: 'a-name-that-is-rather-long'"));
    f.logs.Append("apid", "a line that somebody has written\n");
    f.kernel_log.Add("6,1,2,-;a line that the kernel has written\n");
  }
  f.t.runtime.Publish<network::HostnameSpec>("test", std::move(hostnames));
  f.t.Settle();
  f.captures.links = {{"eth0", sys::FrameFormat::kEthernet}};
}

// What goes on while the client is open.
void MakeMore(ApiFixture& f) {
  for (int i = 0; i < 2000; ++i) {
    f.captures.Add("eth0", {.time = {}, .bytes = std::string(1500, 'x'), .original_bytes = 1500});
    f.kernel_log.Add("6,1,2,-;" + std::string(500, 'x') + "\n");
    f.logs.Append("apid", std::string(500, 'x') + "\n");
    machine::TaskEvent event;
    event.set_task(std::string(500, 'x'));
    f.events.Publish(event);
  }
}

}  // namespace

TEST_CASE("slow client: one that reads nothing does not grow the node's memory") {
  ApiFixture f;
  FillNode(f);
  const Stream stream = GENERATE(from_range(Streams()));
  INFO(stream.method);
  const auto received = f.OpenUnread(stream.method, stream.request);
  for (int i = 0; i < 5; ++i) {
    MakeMore(f);
    f.Turn();
  }
  if (received->over) {  // events that were lost are said to be, and that ends it
    CHECK(stream.method == kMachine + "Events");
    CHECK(received->status.code() == absl::StatusCode::kUnavailable);
  } else {
    REQUIRE(f.access.last != nullptr);
    CHECK(f.access.last->buffered_bytes() > 0);
    CHECK(f.access.last->buffered_bytes() < 512 << 10);
  }
}

}  // namespace ichor::api
