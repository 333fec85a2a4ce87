#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "machine/machine.pb.h"
#include "machined/api/api_fixture.h"

namespace ichor::api {

TEST_CASE("container methods: containers are those of the namespace, or of the pods") {
  ApiFixture f;
  machine::ContainersRequest request;
  auto reply = f.Call<machine::ContainersResponse>("/machine.MachineService/Containers",
                                                   request.SerializeAsString());
  REQUIRE(f.parsed);
  CHECK(f.containers.asked == "system");
  REQUIRE(reply.messages(0).containers_size() == 1);
  CHECK(reply.messages(0).containers(0).id() == "etcd");
  request.set_namespace_("k8s.io");
  request.set_driver(common::CRI);
  f.Call<machine::ContainersResponse>("/machine.MachineService/Containers",
                                      request.SerializeAsString());
  CHECK(f.containers.asked == "k8s.io by pods");
  f.containers.answer = absl::UnavailableError("containerd does not run");
  f.Call<machine::ContainersResponse>("/machine.MachineService/Containers",
                                      request.SerializeAsString());
  CHECK_THAT(f.status, base::StatusIs(absl::StatusCode::kUnavailable, "containerd does not run"));
  const auto stats = f.Call<machine::StatsResponse>("/machine.MachineService/Stats");
  CHECK(stats.messages(0).stats(0).memory_usage() == 7);
}

TEST_CASE("container methods: images are listed, pulled and removed") {
  ApiFixture f;
  machine::ImageListRequest old;
  old.set_namespace_(common::NS_CRI);
  auto listed = f.Open("/machine.MachineService/ImageList", old.SerializeAsString());
  f.Turn();
  REQUIRE(listed->over);
  CHECK(listed->status.ok());
  CHECK(f.containers.asked == "k8s.io");
  machine::ImageListResponse image;
  REQUIRE(listed->messages.size() == 1);
  REQUIRE(image.ParseFromString(listed->messages[0]));
  CHECK(image.name() == "etcd:1");

  machine::ImageServicePullRequest pull;
  pull.set_image_ref("etcd:1");
  pull.mutable_containerd()->set_driver(common::CRI);
  pull.mutable_containerd()->set_namespace_(common::NS_SYSTEM);
  const auto pulled = f.Call<machine::ImageServicePullResponse>("/machine.ImageService/Pull",
                                                                pull.SerializeAsString());
  CHECK(f.containers.asked == "system pull etcd:1");
  CHECK(pulled.name() == "etcd:1@sha256:1");

  pull.mutable_containerd()->set_driver(common::CONTAINERD);
  f.Call<machine::ImageServicePullResponse>("/machine.ImageService/Pull", pull.SerializeAsString());
  CHECK(f.memory_containers.asked == "system pull etcd:1");

  machine::ImageServiceRemoveRequest remove;
  remove.set_image_ref("etcd:1");
  remove.mutable_containerd()->set_namespace_(common::NS_CRI);
  f.Call<machine::ImageServicePullResponse>("/machine.ImageService/Remove",
                                            remove.SerializeAsString());
  CHECK_THAT(f.status, base::StatusIs(absl::StatusCode::kInvalidArgument,
                                      "expected the namespace system, or cri of the driver cri"));
}

TEST_CASE("container methods: an archive of images is taken in, as fast as it is read") {
  ApiFixture f;
  constexpr const char* kImport = "/machine.ImageService/Import";
  machine::ImageServiceImportRequest where;
  where.mutable_containerd()->set_driver(common::CONTAINERD);
  where.mutable_containerd()->set_namespace_(common::NS_SYSTEM);
  const auto chunk = [](const std::string& bytes) {
    machine::ImageServiceImportRequest request;
    request.mutable_image_chunk()->set_bytes(bytes);
    return request.SerializeAsString();
  };
  const auto imported = f.Send(kImport, {where.SerializeAsString(), chunk("ta"), chunk("r")});
  CHECK_THAT(imported->status, base::IsOk());
  CHECK(f.memory_containers.asked == "system import");
  CHECK(f.memory_containers.imported == "tar");
  machine::ImageServiceImportResponse reply;
  REQUIRE(imported->messages.size() == 1);
  REQUIRE(reply.ParseFromString(imported->messages[0]));
  CHECK(reply.name() == "etcd:1");

  const std::string expected =
      "expected containerd in the first message, image_chunk in all others";
  for (const auto& messages : std::vector<std::vector<std::string>>{
           {chunk("tar")}, {where.SerializeAsString(), where.SerializeAsString()}}) {
    CHECK_THAT(f.Send(kImport, messages)->status,
               base::StatusIs(absl::StatusCode::kInvalidArgument, expected));
  }
  CHECK_THAT(f.Send(kImport, {})->status,
             base::StatusIs(absl::StatusCode::kInvalidArgument,
                            "containerd: expected in the first message"));

  // Only what fits into the stream's window comes while there is no room.
  f.memory_containers.imported.clear();
  f.memory_containers.full = true;
  constexpr size_t kChunks = 64;
  const std::string part(128 << 10, 'x');
  std::vector<std::string> messages(kChunks, chunk(part));
  messages.insert(messages.begin(), where.SerializeAsString());
  const auto held = f.Send(kImport, messages);
  CHECK_FALSE(held->over);
  CHECK(f.memory_containers.imported.size() < kChunks * part.size());
  f.memory_containers.full = false;
  REQUIRE(f.memory_containers.go_on != nullptr);
  f.memory_containers.go_on();
  for (int turn = 0; turn < 1000 && !held->over; ++turn) {
    f.Turn();
  }
  CHECK(held->over);
  CHECK(f.memory_containers.imported.size() == kChunks * part.size());
}

TEST_CASE("container methods: a container is started anew") {
  ApiFixture f;
  machine::RestartRequest request;
  request.set_id("etcd");
  f.Call<machine::RestartResponse>("/machine.MachineService/Restart", request.SerializeAsString());
  CHECK(f.parsed);
  CHECK(f.containers.asked == "system restart etcd");
}

}  // namespace ichor::api
