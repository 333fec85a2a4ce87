// The contract of sys::BlockDevices, over the fake and the real one, whose disks are files.
#include "lib/sys/block_devices.h"

#include <unistd.h>

#include <filesystem>
#include <format>
#include <fstream>
#include <string>

#include "catch2/catch_template_test_macros.hpp"
#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/fake_block_devices.h"
#include "lib/sys/gpt_image.h"
#include "lib/sys/linux_block_devices.h"

namespace ichor::sys {
namespace {

using base::IsOk;
using base::StatusIs;

class RealDisk {
 public:
  explicit RealDisk(const std::string& bytes)
      : path_(std::filesystem::temp_directory_path() / std::format("disk.{}", getpid())) {
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  RealDisk(const RealDisk&) = delete;
  RealDisk& operator=(const RealDisk&) = delete;
  ~RealDisk() { std::filesystem::remove(path_); }
  std::string path() const { return path_; }
  BlockDevices& devices() { return devices_; }

 private:
  std::filesystem::path path_;
  LinuxBlockDevices devices_;
};

class FakeDisk {
 public:
  explicit FakeDisk(const std::string& bytes) { devices_.Add("/dev/fake", {}, bytes); }
  static std::string path() { return "/dev/fake"; }
  BlockDevices& devices() { return devices_; }

 private:
  FakeBlockDevices devices_;
};

// The beginning of a swap area of 40 KiB with a label and a UUID: the simplest superblock.
std::string Swap() {
  std::string swap(40'960, '\0');
  swap[1024] = 1;  // version
  swap[1028] = 9;  // last page
  swap.replace(1036, 16, 16, '\x11');
  swap.replace(1052, 6, "memory");
  swap.replace(4096 - 10, 10, "SWAPSPACE2");
  return swap;
}

}  // namespace

TEMPLATE_TEST_CASE("block devices: what is written is read, up to the last byte", "[block]",
                   FakeDisk, RealDisk) {
  TestType disk(std::string(4096, 'x'));
  REQUIRE_THAT(disk.devices().Write(disk.path(), 4092, "abcd"), IsOk());
  const auto bytes = disk.devices().Read(disk.path(), 4090, 6);
  REQUIRE_THAT(bytes, IsOk());
  CHECK(*bytes == "xxabcd");
}

TEMPLATE_TEST_CASE("block devices: nothing is read or written beyond the end", "[block]", FakeDisk,
                   RealDisk) {
  TestType disk(std::string(4096, 'x'));
  const std::string beyond = disk.path() + ": 5 bytes at 4092 reach beyond its 4096 bytes";
  CHECK_THAT(disk.devices().Write(disk.path(), 4092, "abcde"),
             StatusIs(absl::StatusCode::kOutOfRange, beyond));
  CHECK_THAT(disk.devices().Read(disk.path(), 4092, 5),
             StatusIs(absl::StatusCode::kOutOfRange, beyond));
  CHECK(!disk.devices().Read(disk.path(), ~std::uint64_t{0}, 1).ok());
  CHECK(*disk.devices().Read(disk.path(), 0, 4096) == std::string(4096, 'x'));
}

TEMPLATE_TEST_CASE("block devices: a disk that is not there is named", "[block]", FakeDisk,
                   RealDisk) {
  TestType disk("");
  const std::string lost = "open /dev/none: No such file or directory";
  CHECK_THAT(disk.devices().Probe("/dev/none"), StatusIs(absl::StatusCode::kNotFound, lost));
  CHECK_THAT(disk.devices().Read("/dev/none", 0, 1), StatusIs(absl::StatusCode::kNotFound, lost));
  CHECK_THAT(disk.devices().Write("/dev/none", 0, "x"),
             StatusIs(absl::StatusCode::kNotFound, lost));
}

TEMPLATE_TEST_CASE("block devices: a device is measured without being read", "[block]", FakeDisk,
                   RealDisk) {
  TestType disk(std::string(5120, 'x'));
  const auto size = disk.devices().Measure(disk.path());
  REQUIRE_THAT(size, IsOk());
  CHECK(*size == DeviceSize{.bytes = 5120, .sector_bytes = 512});
  CHECK_THAT(disk.devices().Measure("/dev/none"),
             StatusIs(absl::StatusCode::kNotFound, "open /dev/none: No such file or directory"));
}

TEST_CASE("block devices: a partition that the kernel knows may grow, and never moves") {
  FakeBlockDevices devices;
  devices.Add("/dev/sda", {}, "");
  REQUIRE_THAT(devices.AddPartition("/dev/sda", 1, 1024, 10), IsOk());
  REQUIRE_THAT(devices.AddPartition("/dev/sda", 1, 1024, 20), IsOk());
  CHECK(devices.ToldOf("/dev/sda")[1].second == 20);
  CHECK(absl::IsFailedPrecondition(devices.AddPartition("/dev/sda", 1, 2048, 20)));
}

TEST_CASE("block devices: partitions and what is in them are found") {
  RealDisk disk(GptImage(
      8192, {{.label = "META", .first_sector = 2048, .sectors = 2048, .contents = ""},
             {.label = "odd name", .first_sector = 4096, .sectors = 80, .contents = Swap()}}));
  const auto probed = disk.devices().Probe(disk.path());
  REQUIRE_THAT(probed, IsOk());
  CHECK(probed->size_bytes == 8192 * 512);
  CHECK(probed->sector_size_bytes == 512);
  CHECK(probed->contents.type == "gpt");
  CHECK(probed->contents.uuid == "00000077-0000-0000-0000-000000000000");
  REQUIRE(probed->partitions.size() == 2);
  const ProbedPartition& meta = probed->partitions[0];
  CHECK(meta.index == 1);
  CHECK(meta.offset_bytes == 1'048'576);
  CHECK(meta.size_bytes == 1'048'576);
  CHECK(meta.label == "META");
  CHECK(meta.uuid == "00000000-0000-0000-0000-000000000001");
  CHECK(meta.type == "0fc63daf-8483-4772-8e79-3d69d8477de4");
  CHECK(meta.contents == ProbedContents());
  const ProbedPartition& swap = probed->partitions[1];
  CHECK(swap.label == "odd name");
  CHECK(swap.contents.type == "swap");
  CHECK(swap.contents.label == "memory");
  CHECK(swap.contents.uuid == "11111111-1111-1111-1111-111111111111");
}

TEST_CASE("block devices: an empty disk and one without any known contents are no errors") {
  RealDisk empty("");
  const auto nothing = empty.devices().Probe(empty.path());
  REQUIRE_THAT(nothing, IsOk());
  CHECK(nothing->size_bytes == 0);
  RealDisk noise(std::string(65'536, 'x'));
  const auto unknown = noise.devices().Probe(noise.path());
  REQUIRE_THAT(unknown, IsOk());
  CHECK(unknown->contents == ProbedContents());
  CHECK(unknown->partitions.empty());
}

}  // namespace ichor::sys
