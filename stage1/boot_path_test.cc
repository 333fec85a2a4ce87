#include "stage1/boot_path.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <initializer_list>
#include <string>
#include <vector>

namespace ichor::stage1 {
namespace {

using Bytes = std::vector<std::byte>;

void Add(Bytes& bytes, std::initializer_list<unsigned> more) {
  for (const unsigned byte : more)
    bytes.push_back(static_cast<std::byte>(byte));
}

Bytes Node(unsigned type, unsigned subtype, std::initializer_list<unsigned> data) {
  Bytes node;
  Add(node, {type, subtype, static_cast<unsigned>(data.size() + 4), 0});
  Add(node, data);
  return node;
}

Bytes Root(unsigned uid = 0) {
  return Node(2, 1, {0xd0, 0x41, 0x03, 0x0a, uid, 0, 0, 0});
}
Bytes Pci(unsigned device, unsigned function = 0) {
  return Node(1, 1, {function, device});
}
Bytes Sata(unsigned port) {
  return Node(3, 18, {port, 0, 0xff, 0xff, 0, 0});
}
Bytes Scsi(unsigned target, unsigned lun) {
  return Node(3, 2, {target, 0, lun, 0});
}
Bytes Nvme(unsigned number) {
  return Node(3, 23, {number, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8});
}
Bytes Usb(unsigned port) {
  return Node(3, 5, {port, 0});
}
Bytes End() {
  return Node(0x7f, 0xff, {});
}

// A boot option of this device path, with a name and something behind it.
Bytes Option(std::initializer_list<Bytes> nodes) {
  Bytes path;
  for (const Bytes& node : nodes)
    path.insert(path.end(), node.begin(), node.end());
  Bytes option;
  Add(option, {1, 0, 0, 0, static_cast<unsigned>(path.size()), 0, 'U', 0, 'E', 0, 0, 0});
  option.insert(option.end(), path.begin(), path.end());
  Add(option, {0x4e, 0xac});
  return option;
}

BootPath Path(std::initializer_list<Bytes> nodes) {
  const auto path = ParseLoadOption(Option(nodes));
  REQUIRE(path.has_value());
  return *path;
}

DiskPlace At(std::string_view path) {
  return {.path = path, .root_uid = 0, .ata_port = {}, .namespace_id = {}};
}

constexpr std::string_view kVirtio = "../../devices/pci0000:00/0000:00:03.0/virtio1/block/vda";
constexpr std::string_view kSata =
    "../../devices/pci0000:00/0000:00:1f.2/ata3/host2/target2:0:0/2:0:0:0/block/sda";
constexpr std::string_view kScsiDisk =
    "../../devices/pci0000:00/0000:00:04.0/virtio2/host6/target6:0:1/6:0:1:2/block/sdb";
constexpr std::string_view kBehindBridge =
    "../../devices/pci0000:00/0000:00:1c.0/0000:02:00.0/nvme/nvme0/nvme0n1";
constexpr std::string_view kStick =
    "../../devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2.3/1-2.3:1.0/host7/target7:0:0/7:0:0:0/"
    "block/sdc";

}  // namespace

TEST_CASE("boot path: a controller that is the disk") {
  const BootPath path = Path({Root(), Pci(3), End()});
  CHECK(Describe(path).view() == "PCI 03.0");
  CHECK(Compare(path, At(kVirtio)) == Match::kDisk);
  CHECK(Compare(Path({Root(), Pci(3, 1), End()}), At(kVirtio)) == Match::kNo);
  CHECK(Compare(Path({Root(), Pci(4), End()}), At(kVirtio)) == Match::kNo);
  CHECK(Compare(path, At("../../devices/pci0000:00/0000:00:03.0/0000:01:00.0/virtio1/block/vda")) ==
        Match::kNo);
}

TEST_CASE("boot path: another root of the same number is another machine's place") {
  DiskPlace place = At(kVirtio);
  place.root_uid = 7;
  CHECK(Compare(Path({Root(), Pci(3), End()}), place) == Match::kNo);
  CHECK(Compare(Path({Root(7), Pci(3), End()}), place) == Match::kDisk);
  place.root_uid.reset();
  CHECK(Compare(Path({Root(), Pci(3), End()}), place) == Match::kDisk);
}

TEST_CASE("boot path: SATA, by the port") {
  const BootPath path = Path({Root(), Pci(0x1f, 2), Sata(1), End()});
  CHECK(Describe(path).view() == "PCI 1f.2, ATA port 1");
  DiskPlace place = At(kSata);
  place.ata_port = 2;  // the kernel counts from 1
  CHECK(Compare(path, place) == Match::kDisk);
  place.ata_port = 1;
  CHECK(Compare(path, place) == Match::kNo);
}

TEST_CASE("boot path: SCSI, by target and LUN") {
  CHECK(Compare(Path({Root(), Pci(4), Scsi(1, 2), End()}), At(kScsiDisk)) == Match::kDisk);
  CHECK(Compare(Path({Root(), Pci(4), Scsi(1, 0), End()}), At(kScsiDisk)) == Match::kNo);
  CHECK(Compare(Path({Root(), Pci(4), Scsi(2, 2), End()}), At(kScsiDisk)) == Match::kNo);
  CHECK(Compare(Path({Root(), Pci(4), End()}), At(kScsiDisk)) == Match::kController);
}

TEST_CASE("boot path: NVMe behind a bridge, by the namespace") {
  DiskPlace place = At(kBehindBridge);
  place.namespace_id = 1;
  CHECK(Compare(Path({Root(), Pci(0x1c), Pci(0), Nvme(1), End()}), place) == Match::kDisk);
  CHECK(Compare(Path({Root(), Pci(0x1c), Pci(0), Nvme(2), End()}), place) == Match::kNo);
  CHECK(Compare(Path({Root(), Pci(0x1d), Pci(0), Nvme(1), End()}), place) == Match::kNo);
}

TEST_CASE("boot path: USB, by the ports; a root hub may be numbered otherwise") {
  const BootPath path = Path({Root(), Pci(0x14), Usb(1), Usb(2), End()});
  CHECK(Describe(path).view() == "PCI 14.0, USB port 2.3");
  CHECK(Compare(path, At(kStick)) == Match::kDisk);
  CHECK(Compare(Path({Root(), Pci(0x14), Usb(5), Usb(2), End()}), At(kStick)) ==
        Match::kController);
  CHECK(Compare(Path({Root(), Pci(0x14), Usb(1), Usb(3), End()}), At(kStick)) == Match::kNo);
  CHECK(Compare(Path({Root(), Pci(0x14), Usb(1), End()}), At(kStick)) == Match::kNo);
}

TEST_CASE("boot path: what is behind the disk does not matter") {
  CHECK(Compare(Path({Root(), Pci(3), Node(4, 1, {1, 0, 0, 0}), Node(4, 4, {'\\', 0}), End()}),
                At(kVirtio)) == Match::kDisk);
  // A node between controller and disk that is not known: only the controller can be compared.
  CHECK(Compare(Path({Root(), Pci(3), Node(3, 22, {1}), End()}), At(kVirtio)) ==
        Match::kController);
}

TEST_CASE("boot path: options that say no place are none") {
  CHECK_FALSE(ParseLoadOption(Option({Node(4, 1, {1, 0, 0, 0}), End()})).has_value());
  CHECK_FALSE(ParseLoadOption(Option({Root(), End()})).has_value());
  CHECK_FALSE(ParseLoadOption(Option({End()})).has_value());
  CHECK_FALSE(ParseLoadOption(Option({Root(), Node(1, 5, {1}), Pci(3), End()})).has_value());
  CHECK_FALSE(ParseLoadOption({}).has_value());
}

TEST_CASE("boot path: an option that is cut off anywhere is refused, or says what is there") {
  const Bytes whole = Option({Root(), Pci(0x1f, 2), Sata(1), End()});
  for (std::size_t size = 0; size + 2 < whole.size(); ++size)
    CHECK_FALSE(ParseLoadOption(std::span(whole).first(size)).has_value());
  Bytes wrong = whole;
  wrong[12 + 2] = std::byte{3};  // a node shorter than its head
  CHECK_FALSE(ParseLoadOption(wrong).has_value());
}

TEST_CASE("boot path: EDD names bus, device, function and what is behind") {
  Bytes raw(74);
  raw[30] = std::byte{0xdd};
  raw[31] = std::byte{0xbe};
  std::ranges::transform(std::string("PCI SCSI    "), raw.begin() + 36,
                         [](char c) { return static_cast<std::byte>(c); });
  raw[49] = std::byte{4};
  raw[56] = std::byte{1};
  raw[58] = std::byte{2};
  const auto path = ParseEdd(raw);
  REQUIRE(path.has_value());
  CHECK(Describe(*path).view() == "PCI 04.0, SCSI target 1 LUN 2");
  CHECK(Compare(*path, At(kScsiDisk)) == Match::kDisk);
  CHECK(Compare(*path, At(kVirtio)) == Match::kNo);
  raw[48] = std::byte{2};
  CHECK(Compare(*ParseEdd(raw), At(kScsiDisk)) == Match::kNo);
  raw[30] = std::byte{0};
  CHECK_FALSE(ParseEdd(raw).has_value());
  CHECK_FALSE(ParseEdd(std::span(raw).first(30)).has_value());
}

}  // namespace ichor::stage1
