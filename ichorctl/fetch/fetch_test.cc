#include <filesystem>
#include <format>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "common/common.pb.h"
#include "ichorctl/fetch/fetch_commands.h"
#include "ichorctl/fetch/test_archive.h"
#include "ichorctl/look/ask.h"
#include "ichorctl/nodes/test_node.h"
#include "lib/base/status_matchers.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

using base::IsOk;
using base::StatusIs;

// A node that has this archive, and sends it in pieces.
void AnswerArchive(TestNode& node, const std::string& bytes) {
  node.Answer(MachineMethod("Copy"), [bytes](const TestNode::Call&) {
    TestNode::Reply reply;
    for (size_t at = 0; at < bytes.size(); at += 100) {
      common::Data data;
      data.set_bytes(bytes.substr(at, 100));
      reply.messages.push_back(data.SerializeAsString());
    }
    return reply;
  });
}

const std::string kEnd(1024, '\0');

}  // namespace

TEST_CASE("copy: files, directories and links arrive, long names too") {
  TestNode node;
  const std::string name = "d/" + std::string(150, 'n');
  const std::string pax = std::format("{} path={}\n", name.size() + 10, name);
  AnswerArchive(
      node,
      Gzip(Entry('5', "d/", "") + Entry('0', "d/a", std::string(1500, 'x')) +
           Entry('2', "d/l", "", "a") + Entry('x', "pax", pax) + Entry('0', "cut", "long") +
           Entry('L', "gnu", "d/other" + kEnd.substr(0, 1)) + Entry('0', "cut", "gnu") + kEnd));
  const std::string target = node.session().PathOf("out");
  REQUIRE_THAT(node.Run(CopyCommand, {"/d", target}), IsOk());
  CHECK(node.session().Read("out/d/a") == std::string(1500, 'x'));
  CHECK(std::filesystem::read_symlink(target + "/d/l") == "a");
  CHECK(node.session().Read("out/" + name) == "long");
  CHECK(node.session().Read("out/d/other") == "gnu");
  CHECK_THAT(node.Run(CopyCommand, {"/d", target}),
             StatusIs(absl::StatusCode::kAlreadyExists,
                      target + ": the target must be a directory that is empty, or not there yet"));
  REQUIRE_THAT(node.Run(CopyCommand, {"/d", "-"}), IsOk());
  CHECK(node.out().starts_with("\x1f\x8b"));
}

TEST_CASE("copy: nothing is written outside of the target, by name or through a link") {
  TestNode node;
  AnswerArchive(node, Gzip(Entry('0', "../evil", "x") + kEnd));
  CHECK(node.Run(CopyCommand, {"/d", node.session().PathOf("one")}).code() ==
        absl::StatusCode::kInvalidArgument);
  AnswerArchive(node, Gzip(Entry('2', "l", "", "..") + Entry('0', "l/evil", "x") + kEnd));
  CHECK(node.Run(CopyCommand, {"/d", node.session().PathOf("two")}).code() ==
        absl::StatusCode::kInvalidArgument);
  AnswerArchive(node, Gzip(Entry('2', "l", "", "../evil") + Entry('0', "l", "x") + kEnd));
  CHECK(node.Run(CopyCommand, {"/d", node.session().PathOf("three")}).code() ==
        absl::StatusCode::kInvalidArgument);
  CHECK_FALSE(node.session().Exists("evil"));
}

TEST_CASE("copy: an archive that is none, or ends too early, is an error") {
  TestNode node;
  AnswerArchive(node, "no gzip at all");
  CHECK(node.Run(CopyCommand, {"/d", node.session().PathOf("one")}).message() ==
        "10.0.0.2: what came is no gzip");
  AnswerArchive(node, Gzip(std::string(600, 'x')));
  CHECK(node.Run(CopyCommand, {"/d", node.session().PathOf("two")}).message() ==
        "10.0.0.2: what came is no tar archive");
  AnswerArchive(node, Gzip(Entry('0', "a", std::string(1500, 'x')).substr(0, 900)));
  CHECK_THAT(node.Run(CopyCommand, {"/d", node.session().PathOf("three")}),
             StatusIs(absl::StatusCode::kDataLoss, "the end of the archive is missing"));
}

TEST_CASE("pcap: packets go to a file, of one node") {
  TestNode node;
  common::Data data;
  data.set_bytes("packets");
  node.Answer(MachineMethod("PacketCapture"), data);
  const std::string file = node.session().PathOf("p.pcap");
  REQUIRE_THAT(
      node.Run(PcapCommand, {"-i", "eth1", "--promiscuous", "-o", file, "--duration", "9s"}),
      IsOk());
  CHECK(node.session().Read("p.pcap") == "packets");
  machine::PacketCaptureRequest request;
  REQUIRE(request.ParseFromString(node.calls().front().request));
  CHECK(request.interface() == "eth1");
  CHECK(request.promiscuous());
  CHECK_THAT(node.Run(PcapCommand, {"-o", file, "-n", "a,b"}),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "command \"pcap\" requires exactly one node (got 2)"));
  CHECK(node.Run(PcapCommand, {}).code() == absl::StatusCode::kInvalidArgument);
}

}  // namespace ichor::ctl
