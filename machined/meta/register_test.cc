#include "machined/meta/register.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/fake_block_devices.h"
#include "talos/resource/definitions/block/block.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {
namespace {

using base::IsOk;
using base::StatusIs;
using runtime::MetaKey;
using runtime::MetaLoad;
using std::chrono_literals::operator""ms;

constexpr size_t kPartitionBytes = 1'048'576;

// The bytes of a partition: both copies, then something of somebody else.
std::string Partition(const MetaTags& tags) {
  const std::string block = *EncodeMetaBlock(tags);
  std::string bytes = block + block;
  bytes.resize(kPartitionBytes, 'T');
  return bytes;
}

class MetaNode {
 public:
  MetaNode() : meta(RegisterMeta({t.runtime, *t.loop, t.executor, disks})) {
    REQUIRE_THAT(t.runtime.Validate(), IsOk());
    t.runtime.AddSource<block::SystemDisk>("block");
    t.runtime.AddSource<block::DiscoveredVolume>("block");
    t.runtime.AddSource<block::DiscoveredVolumesStatus>("block");
  }

  // Says that sda is the system's disk, and what partitions there are.
  void Discover(bool with_meta, bool ready) {
    t.runtime.Publish<block::SystemDisk>("block", {{"system-disk", Text("disk_id: 'sda'")}});
    Desired<block::DiscoveredVolume> volumes;
    volumes.Add("sdb1", Text("parent: 'sdb' partition_label: 'META' dev_path: '/dev/sdb1'"));
    if (with_meta) {
      volumes.Add("sda3", Text("parent: 'sda' partition_label: 'META' dev_path: '/dev/sda3'"));
    }
    t.runtime.Publish<block::DiscoveredVolume>("block", std::move(volumes));
    t.runtime.Publish<block::DiscoveredVolumesStatus>(
        "block", {{"discovered-volumes-status", Text(ready ? "ready: true" : "ready: false")}});
    Settle();
  }

  void Settle() {
    t.Settle();
    t.Advance(50ms);
  }

  // The answer to a Write or Delete; absent as long as there is none.
  MetaStore::Done Answer() {
    answer.reset();
    return [this](absl::Status status) { answer = std::move(status); };
  }

  TestRuntime t;
  sys::FakeBlockDevices disks;
  std::unique_ptr<MetaStore> meta;
  std::optional<absl::Status> answer;
};

std::string ValueOf(Runtime& runtime, const std::string& id) {
  const auto rows = runtime.Read<MetaKey>();
  const auto found = rows.find(id);
  return found == rows.end() ? "(none)" : found->spec().value();
}

}  // namespace

TEST_CASE("META: what the system disk's partition holds becomes rows") {
  MetaNode node;
  node.disks.Add("/dev/sda3", {}, Partition({{0x0b, "code"}, {6, "A"}, {0x1000, "foreign"}}));
  node.disks.Add("/dev/sdb1", {}, Partition({{0x0b, "other"}}));
  node.Discover(true, false);
  CHECK(node.t.runtime.Read<MetaKey>().size() == 2);
  CHECK(ValueOf(node.t.runtime, "0x0b") == "code");
  CHECK(ValueOf(node.t.runtime, "0x06") == "A");
  CHECK(node.t.runtime.Read<MetaLoad>().front().spec().done());
  CHECK(node.disks.BytesOf("/dev/sda3") ==
        Partition({{0x0b, "code"}, {6, "A"}, {0x1000, "foreign"}}));  // nobody asked
}

TEST_CASE("META: without a partition on the system disk it is loaded once all disks are known") {
  MetaNode node;
  node.disks.Add("/dev/sdb1", {}, Partition({{0x0b, "other"}}));
  node.Discover(false, false);
  CHECK(node.t.runtime.Read<MetaLoad>().empty());
  node.Discover(false, true);
  CHECK(node.t.runtime.Read<MetaLoad>().size() == 1);
  CHECK(node.t.runtime.Read<MetaKey>().empty());
}

TEST_CASE("META: a value is on the disk twice before the answer comes; the tail stays") {
  MetaNode node;
  node.disks.Add("/dev/sda3", {}, Partition({{0x1000, "foreign"}}));
  node.Discover(true, true);
  node.meta->Write(0x0c, "mine", node.Answer());
  CHECK(!node.answer.has_value());
  node.Settle();
  REQUIRE(node.answer.has_value());
  CHECK_THAT(node.answer.value(), IsOk());
  CHECK(node.disks.BytesOf("/dev/sda3") == Partition({{0x0c, "mine"}, {0x1000, "foreign"}}));
  CHECK(ValueOf(node.t.runtime, "0x0c") == "mine");

  node.meta->Delete(0x0c, node.Answer());
  node.Settle();
  CHECK(node.disks.BytesOf("/dev/sda3") == Partition({{0x1000, "foreign"}}));
  CHECK(ValueOf(node.t.runtime, "0x0c") == "(none)");
}

TEST_CASE("META: what cannot be is refused and changes nothing") {
  MetaNode node;
  const bool loaded = GENERATE(true, false);
  node.disks.Add("/dev/sda3", {}, Partition({{6, "A"}}));
  if (loaded) {
    node.Discover(true, true);
  }
  node.meta->Delete(7, node.Answer());
  node.Settle();
  CHECK_THAT(node.answer.value_or(absl::OkStatus()),
             StatusIs(absl::StatusCode::kNotFound, "META: key 0x07 is not set"));
  node.meta->Write(0, "x", node.Answer());
  node.Settle();
  CHECK_THAT(node.answer.value_or(absl::OkStatus()),
             StatusIs(absl::StatusCode::kInvalidArgument, "META: there is no key 0x00"));
  node.meta->Write(7, std::string(300'000, 'x'), node.Answer());
  node.Settle();
  CHECK_THAT(node.answer.value_or(absl::OkStatus()),
             StatusIs(absl::StatusCode::kResourceExhausted,
                      "META: the values need more than 262104 bytes"));
  CHECK(node.disks.BytesOf("/dev/sda3") == Partition({{6, "A"}}));
}

TEST_CASE("META: values set before the partition is found win over what it holds") {
  MetaNode node;
  node.disks.Add("/dev/sda3", {}, Partition({{6, "disk"}, {7, "stays"}}));
  node.meta->Write(6, "memory", node.Answer());
  CHECK(node.answer.has_value());
  CHECK(node.meta->Get(6) == "memory");
  node.Discover(true, true);
  CHECK(node.meta->Get(6) == "memory");
  CHECK(node.meta->Get(7) == "stays");
  CHECK(node.disks.BytesOf("/dev/sda3") == Partition({{6, "memory"}, {7, "stays"}}));
}

TEST_CASE("META: a value set and removed before the partition is found is removed from it") {
  MetaNode node;
  node.disks.Add("/dev/sda3", {}, Partition({{6, "disk"}}));
  node.meta->Write(6, "memory", node.Answer());
  node.meta->Delete(6, node.Answer());
  CHECK(node.answer.has_value());
  node.Discover(true, true);
  CHECK(node.disks.BytesOf("/dev/sda3") == Partition({}));
}

TEST_CASE("META: a power cut in any write leaves the old value or the new one") {
  const size_t bytes = GENERATE(0, 1, 100, 262'139, 262'144, 262'145, 400'000, 524'287);
  MetaNode node;
  node.disks.Add("/dev/sda3", {}, Partition({{6, "old"}}));
  node.Discover(true, true);
  node.disks.CutPowerAfter(bytes);
  node.meta->Write(6, "new", node.Answer());
  node.Settle();
  CHECK(!node.answer.value_or(absl::OkStatus()).ok());
  CHECK(node.meta->Get(6) == "old");
  const auto tags = DecodeMeta(node.disks.BytesOf("/dev/sda3").substr(0, 2 * kMetaBlockBytes));
  REQUIRE_THAT(tags, IsOk());
  CHECK(tags->at(6) == (bytes < kMetaBlockBytes ? "old" : "new"));
}

TEST_CASE("META: a partition full of noise is taken as empty and written when asked") {
  MetaNode node;
  node.disks.Add("/dev/sda3", {}, std::string(kPartitionBytes, 'T'));
  node.Discover(true, true);
  CHECK(node.t.runtime.Read<MetaLoad>().size() == 1);
  CHECK(node.disks.BytesOf("/dev/sda3") == std::string(kPartitionBytes, 'T'));
  node.meta->Write(6, "x", node.Answer());
  node.meta->Write(7, "y", [](const absl::Status&) {});
  node.Settle();
  CHECK(node.disks.BytesOf("/dev/sda3") == Partition({{6, "x"}, {7, "y"}}));
}

TEST_CASE("META: a partition that cannot be read is tried again") {
  MetaNode node;
  node.disks.Add("/dev/sda3", {}, Partition({{6, "A"}}));
  node.disks.Fail("/dev/sda3", absl::UnavailableError("EIO"));
  node.Discover(true, true);
  REQUIRE(node.t.runtime.Read<MetaLoad>().size() == 1);
  CHECK_FALSE(node.t.runtime.Read<MetaLoad>().front().spec().done());
  node.disks.Add("/dev/sda3", {}, Partition({{6, "A"}}));
  node.t.Advance(1000ms);
  CHECK(ValueOf(node.t.runtime, "0x06") == "A");
  CHECK(node.t.runtime.Read<MetaLoad>().front().spec().done());
}

}  // namespace ichor
