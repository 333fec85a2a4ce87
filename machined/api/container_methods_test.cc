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

TEST_CASE("container methods: a container is started anew") {
  ApiFixture f;
  machine::RestartRequest request;
  request.set_id("etcd");
  f.Call<machine::RestartResponse>("/machine.MachineService/Restart", request.SerializeAsString());
  CHECK(f.parsed);
  CHECK(f.containers.asked == "system restart etcd");
}

}  // namespace ichor::api
