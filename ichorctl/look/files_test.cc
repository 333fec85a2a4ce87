// Commands about files and images.
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "common/common.pb.h"
#include "ichorctl/look/ask.h"
#include "ichorctl/look/parts.h"
#include "ichorctl/nodes/test_node.h"
#include "inspect/inspect.pb.h"
#include "lib/base/status_matchers.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {

using base::IsOk;
using base::StatusIs;

TEST_CASE("list: names alone, or everything about a file; errors go to standard error") {
  TestNode node;
  machine::FileInfo link;
  link.set_relative_name("etc/os-release");
  link.set_link("../usr/lib/os-release");
  link.set_mode((1U << 27) | 0777);
  link.set_size(21);
  link.set_modified(60);
  machine::Xattr& label = *link.add_xattrs();
  label.set_name("security.selinux");
  label.set_data(std::string("system_u\0", 9));
  machine::FileInfo broken;
  broken.set_name("/etc/x");
  broken.set_error("permission denied");
  node.Answer(MachineMethod("List"), [&](const TestNode::Call&) {
    return TestNode::Reply{.messages = {link.SerializeAsString(), broken.SerializeAsString()}};
  });
  REQUIRE_THAT(node.Run(ListCommand, {"/etc"}), IsOk());
  CHECK(node.out() == "NODE       NAME\n10.0.0.2   etc/os-release\n");
  CHECK(node.err() == "10.0.0.2: error reading file /etc/x: permission denied\n");
  REQUIRE_THAT(node.Run(ListCommand, {"-l", "-r", "-t", "f,l", "/etc"}), IsOk());
  CHECK(node.out() ==
        "NODE       MODE         UID   GID   SIZE(B)   LASTMOD                LABEL      NAME\n"
        "10.0.0.2   Lrwxrwxrwx   0     0     21        Jan  1 1970 00:01:00   system_u   "
        "etc/os-release -> ../usr/lib/os-release\n");
  machine::ListRequest request;
  REQUIRE(request.ParseFromString(node.calls().front().request));
  CHECK(request.root() == "/etc");
  CHECK(request.recurse());
  CHECK(request.recursion_depth() == -1);
  CHECK(request.report_xattrs());
  CHECK(request.types_size() == 2);
  CHECK_THAT(node.Run(ListCommand, {"-t", "x"}),
             StatusIs(absl::StatusCode::kInvalidArgument, "--type: \"x\" is none of f, d, l"));
}

TEST_CASE("usage: a column for the node only if there are several") {
  TestNode node;
  machine::DiskUsageInfo info;
  info.set_relative_name("var");
  info.set_size(1500);
  node.Answer(MachineMethod("DiskUsage"), info);
  REQUIRE_THAT(node.Run(UsageCommand, {"-H", "-d", "2", "/var"}), IsOk());
  CHECK(node.out() == "SIZE     NAME\n1.5 kB   var\n");
  machine::DiskUsageRequest request;
  REQUIRE(request.ParseFromString(node.calls().front().request));
  CHECK(request.recursion_depth() == 3);
  CHECK(request.paths(0) == "/var");
  REQUIRE_THAT(node.Run(UsageCommand, {"-n", "a,b"}), IsOk());
  CHECK(node.out() == "NODE   SIZE   NAME\na      1500   var\nb      1500   var\n");
}

TEST_CASE("read: bytes come as they are, from one node only") {
  TestNode node;
  common::Data data;
  data.set_bytes(std::string("a\0b\n", 4));
  node.Answer(MachineMethod("Read"), data);
  REQUIRE_THAT(node.Run(ReadCommand, {"/etc/x"}), IsOk());
  CHECK(node.out() == std::string("a\0b\n", 4));
  CHECK_THAT(node.Run(ReadCommand, {"/etc/x", "-n", "a,b"}),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "command \"read\" requires exactly one node (got 2)"));
}

TEST_CASE("image list: images of the namespace that was asked for") {
  TestNode node;
  machine::ImageServiceListResponse image;
  image.set_name("docker.io/library/x:1");
  image.set_digest("sha256:00");
  image.set_size(2'500'000);
  (*image.mutable_labels())["b"] = "2";
  (*image.mutable_labels())["a"] = "1";
  node.Answer("/machine.ImageService/List", image);
  REQUIRE_THAT(node.Run([](const SharedNodeFlags& flags) { return ImageCommand(flags); },
                        {"list", "--namespace", "system"}),
               IsOk());
  CHECK(node.out() ==
        "NODE       IMAGE                   DIGEST      SIZE     LABELS    CREATED\n"
        "10.0.0.2   docker.io/library/x:1   sha256:00   2.5 MB   a=1,b=2   1970-01-01T00:00:00Z\n");
  machine::ImageServiceListRequest request;
  REQUIRE(request.ParseFromString(node.calls().front().request));
  CHECK(request.containerd().driver() == common::CRI);
  CHECK(request.containerd().namespace_() == common::NS_SYSTEM);
}

TEST_CASE("image pull and remove: the image and the namespace that were asked for") {
  TestNode node;
  machine::ImageServicePullResponse pulled;
  pulled.set_name("r.io/x@sha256:00");
  node.Answer("/machine.ImageService/Pull", pulled);
  node.Answer("/machine.ImageService/Remove", google::protobuf::Empty());
  const auto command = [](const SharedNodeFlags& flags) { return ImageCommand(flags); };
  REQUIRE_THAT(node.Run(command, {"pull", "r.io/x:1"}), IsOk());
  CHECK(node.out() == "10.0.0.2: r.io/x@sha256:00\n");
  machine::ImageServicePullRequest pull;
  REQUIRE(pull.ParseFromString(node.calls().front().request));
  CHECK(pull.image_ref() == "r.io/x:1");
  CHECK(pull.containerd().namespace_() == common::NS_CRI);
  REQUIRE_THAT(node.Run(command, {"rm", "r.io/x:1", "--namespace", "system"}), IsOk());
  CHECK(node.out().empty());
  machine::ImageServiceRemoveRequest removed;
  REQUIRE(removed.ParseFromString(node.calls().front().request));
  CHECK(removed.image_ref() == "r.io/x:1");
  CHECK(removed.containerd().namespace_() == common::NS_SYSTEM);
}

TEST_CASE("inspect dependencies: a graph with controllers, resources and who reads what") {
  TestNode node;
  inspect::ControllerRuntimeDependenciesResponse reply;
  inspect::ControllerRuntimeDependency& one = *reply.add_messages();
  inspect::ControllerDependencyEdge& output = *one.add_edges();
  output.set_controller_name("network.choose");
  output.set_resource_type("HostnameStatuses.net");
  output.set_edge_type(inspect::OUTPUT_EXCLUSIVE);
  inspect::ControllerDependencyEdge& input = *one.add_edges();
  input.set_controller_name("network.choose");
  input.set_resource_type("HostnameSpecs.net");
  input.set_edge_type(inspect::INPUT_WEAK);
  node.Answer("/inspect.InspectService/ControllerRuntimeDependencies", reply);
  REQUIRE_THAT(node.Run(InspectCommand, {"dependencies"}), IsOk());
  CHECK(node.out() ==
        "digraph {\n  rankdir=LR;\n  \"network.choose\" [shape=box];\n"
        "  \"HostnameSpecs.net\" [shape=note];\n  \"HostnameStatuses.net\" [shape=note];\n"
        "  \"network.choose\" -> \"HostnameStatuses.net\" [style=bold];\n"
        "  \"HostnameSpecs.net\" -> \"network.choose\" [style=dotted];\n}\n");
}

}  // namespace ichor::ctl
