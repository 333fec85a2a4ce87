#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "machined/api/api_fixture.h"
#include "storage/storage.pb.h"
#include "talos/resource/definitions/block/block.resources.h"

namespace ichor::api {
namespace {

using base::IsOk;
using base::StatusIs;

const std::string kWipe = "/storage.StorageService/BlockDeviceWipe";

std::string Request(std::initializer_list<const char*> devices) {
  ::storage::BlockDeviceWipeRequest request;
  for (const char* const device : devices) {
    request.add_devices()->set_device(device);
  }
  return request.SerializeAsString();
}

struct Node : ApiFixture {
  Node() {
    t.runtime.Publish<block::BlockDevice>("block", {{"sda", Text("major: 8")},
                                                    {"sdb", Text("major: 8 minor: 16")},
                                                    {"sdc", Text("major: 8 minor: 32")}});
    t.runtime.Publish<block::SystemDisk>("block", {{"system-disk", Text("disk_id: 'sda'")}});
    t.runtime.AddSource<block::DiscoveredVolume>("block");
    t.Settle();
    files.AddFile("/proc/self/mountinfo", "36 22 8:32 / /data rw - xfs /dev/sdc rw\n");
    for (const char* const path : {"/dev/sda", "/dev/sdb", "/dev/sdc"}) {
      disks.Add(path, {}, "contents");
    }
    config.maintenance = false;
    access.admin = true;
  }
};

}  // namespace

TEST_CASE("wipe: a disk is empty afterwards, and looked at anew") {
  Node f;
  CHECK(f.Call<::storage::BlockDeviceWipeResponse>(kWipe, Request({"sdb"})).messages_size() == 1);
  CHECK_THAT(f.status, IsOk());
  CHECK(f.disks.BytesOf("/dev/sdb") == std::string(8, '\0'));
  CHECK(f.disks_changed == 1);
}

TEST_CASE("wipe: if one of the disks may not be wiped, none is") {
  Node f;
  CHECK_THAT(f.Ask(kWipe, Request({"sdb", "sdc"})),
             StatusIs(absl::StatusCode::kFailedPrecondition,
                      "\"sdc\" is in use: sdc is mounted at /data"));
  CHECK_THAT(f.Ask(kWipe, Request({"sdb", "sda"})),
             StatusIs(absl::StatusCode::kFailedPrecondition,
                      "\"sda\" is the system disk: reset wipes it"));
  CHECK(f.disks.BytesOf("/dev/sdb") == "contents");
}

TEST_CASE("wipe: once there is a config, administrators alone may wipe") {
  Node f;
  f.access.admin = false;
  CHECK_THAT(f.Ask(kWipe, Request({"sdb"})),
             StatusIs(absl::StatusCode::kPermissionDenied, "not authorized"));
  f.config.maintenance = true;
  CHECK_THAT(f.Ask(kWipe, Request({"sdb"})), IsOk());
}

}  // namespace ichor::api
