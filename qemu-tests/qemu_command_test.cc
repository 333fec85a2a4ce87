#include "qemu-tests/qemu_command.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace ichor::qemu {
namespace {

MachineFiles Files() {
  return {.image = "/image", .directory = "/machine"};
}

bool Has(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

TEST_CASE("qemu command: UEFI gets the machine's own variables, and disks are tried in order") {
  const auto words =
      QemuCommand({.disks = {{.holds_image = true}, {}}}, Files(), {.accelerator = "tcg"});
  CHECK(words.front() == "qemu-system-x86_64");
  CHECK(Has(words, "if=pflash,format=raw,unit=1,file=/machine/uefi-variables.fd"));
  CHECK(Has(words, "virtio-blk-pci,drive=disk1,serial=disk1,bootindex=2"));
  CHECK_FALSE(Has(words, "-kernel"));
}

TEST_CASE("qemu command: the disk with the image is the first to be tried") {
  const auto words = QemuCommand({.disks = {{}, {}, {.holds_image = true}}}, Files(), {});
  CHECK(Has(words, "virtio-blk-pci,drive=disk0,serial=disk0,bootindex=2"));
  CHECK(Has(words, "virtio-blk-pci,drive=disk1,serial=disk1,bootindex=3"));
  CHECK(Has(words, "virtio-blk-pci,drive=disk2,serial=disk2,bootindex=1"));
}

TEST_CASE("qemu command: a direct boot gets kernel, initramfs and command line") {
  const auto words = QemuCommand({.arch = Arch::kArm64, .firmware = Firmware::kDirect, .disks = {}},
                                 Files(), {.accelerator = "tcg", .command_line = "a b"});
  CHECK(words.front() == "qemu-system-aarch64");
  CHECK(Has(words, "/image/initramfs-pxe"));
  CHECK(Has(words, "a b"));
}

TEST_CASE("qemu command: the API is behind the first NIC with a carrier") {
  const auto words = QemuCommand({.nics = {{.has_carrier = false}, {}, {}}}, Files(),
                                 {.accelerator = "tcg", .api_port = 4711});
  CHECK(Has(words, "virtio-net-pci,id=nic0,netdev=net0"));
  CHECK(Has(words, "user,id=net0,net=10.0.2.0/24,ipv6-prefix=fec0:0:0:0::"));
  CHECK(Has(
      words,
      "user,id=net1,net=10.0.3.0/24,ipv6-prefix=fec0:0:0:1::,hostfwd=tcp:127.0.0.1:4711-:50000"));
  CHECK(Has(words, "user,id=net2,net=10.0.4.0/24,ipv6-prefix=fec0:0:0:2::"));
}

TEST_CASE("qemu command: Kubernetes is behind the same NIC as the API") {
  const auto words =
      QemuCommand({}, Files(), {.accelerator = "tcg", .api_port = 4711, .kubernetes_port = 4712});
  CHECK(Has(words,
            "user,id=net0,net=10.0.2.0/24,ipv6-prefix=fec0:0:0:0::,hostfwd=tcp:127.0.0.1:4711-:"
            "50000,hostfwd=tcp:127.0.0.1:4712-:6443"));
}

TEST_CASE("qemu command: what the machine serves is behind the same NIC too") {
  const auto words = QemuCommand({.served = "10.0.2.200:80"}, Files(),
                                 {.accelerator = "tcg", .api_port = 4711, .served_port = 4713});
  CHECK(Has(words,
            "user,id=net0,net=10.0.2.0/24,ipv6-prefix=fec0:0:0:0::,hostfwd=tcp:127.0.0.1:4711-:"
            "50000,hostfwd=tcp:127.0.0.1:4713-10.0.2.200:80"));
}

TEST_CASE("qemu command: a cable has two ends, and the API is not behind it") {
  const auto words = QemuCommand({.nics = {{.cable = "/tmp/c", .cable_end = 1}, {}}}, Files(),
                                 {.accelerator = "tcg", .api_port = 4711});
  CHECK(Has(words,
            "dgram,id=net0,local.type=unix,local.path=/tmp/c.1,remote.type=unix,remote.path=/tmp/"
            "c.0"));
  CHECK(Has(
      words,
      "user,id=net1,net=10.0.3.0/24,ipv6-prefix=fec0:0:0:1::,hostfwd=tcp:127.0.0.1:4711-:50000"));
}

TEST_CASE("qemu command: with an injector the initramfs is the machine's own, and a second port") {
  const auto words = QemuCommand({.firmware = Firmware::kDirectDisk, .has_injector = true}, Files(),
                                 {.accelerator = "tcg"});
  CHECK(Has(words, "/machine/initramfs"));
  CHECK(Has(words, "chardev:injector"));
}

TEST_CASE("qemu command: SCSI disks share a controller") {
  const auto words = QemuCommand({.disks = {{.holds_image = true}, {.bus = DiskBus::kScsi}}},
                                 Files(), {.accelerator = "tcg"});
  CHECK(Has(words, "virtio-scsi-pci,id=scsi"));
  CHECK(Has(words, "scsi-hd,bus=scsi.0,drive=disk1,serial=disk1,bootindex=2"));
}

TEST_CASE("qemu command: disks of each bus have a controller to be on") {
  const auto words =
      QemuCommand({.disks = {{.bus = DiskBus::kUsb}, {.bus = DiskBus::kSata}},
                   .nics = {{.model = NicModel::kE1000e, .mac = "52:54:00:00:00:01"}},
                   .uuid = "11111111-2222-3333-4444-555555555555",
                   .serial = "SN 1"},
                  Files(), {.accelerator = "tcg"});
  CHECK(Has(words, "qemu-xhci,id=usb"));
  CHECK(Has(words, "usb-storage,bus=usb.0,removable=on,drive=disk0,serial=disk0,bootindex=1"));
  CHECK(Has(words, "ich9-ahci,id=sata"));
  CHECK(Has(words, "ide-hd,bus=sata.1,drive=disk1,serial=disk1,bootindex=2"));
  CHECK(Has(words, "e1000e,id=nic0,netdev=net0,mac=52:54:00:00:00:01"));
  CHECK(Has(words, "11111111-2222-3333-4444-555555555555"));
  CHECK(Has(words, "type=1,serial=SN 1"));
}

TEST_CASE("qemu command: a disk of the test's own is written to as it is, with a log if it wants") {
  const auto words = QemuCommand({.disks = {{.file = "/a.qcow2"},
                                            {.file = "/b.raw"},
                                            {.file = "/c.raw", .write_log = "/c.log"}}},
                                 Files(), {.accelerator = "tcg"});
  CHECK(Has(words, "if=none,id=disk0,format=qcow2,file=/a.qcow2"));
  CHECK(Has(words, "if=none,id=disk1,format=raw,file=/b.raw"));
  CHECK(Has(words,
            "driver=blklogwrites,node-name=disk2,file.driver=file,file.filename=/c.raw,"
            "log.driver=file,log.filename=/c.log"));
}

}  // namespace
}  // namespace ichor::qemu
