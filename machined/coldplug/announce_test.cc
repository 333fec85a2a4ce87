#include "machined/coldplug/announce.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace ichor::coldplug {
namespace {

namespace fs = std::filesystem;

// Stands for /sys, and goes with the test.
class Sysfs {
 public:
  Sysfs() {
    std::string name = "/tmp/coldplug.XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    root = name;
  }
  Sysfs(const Sysfs&) = delete;
  Sysfs& operator=(const Sysfs&) = delete;
  ~Sysfs() { fs::remove_all(root); }

  // A device with a `uevent` file, and a modalias if there is one.
  void Device(const std::string& path, const std::string& modalias = "") {
    fs::create_directories(root / path);
    std::ofstream(root / path / "uevent") << "";
    if (!modalias.empty()) std::ofstream(root / path / "modalias") << modalias << "\n";
  }
  void Link(const std::string& path, const std::string& target) {
    fs::create_directories((root / path).parent_path());
    fs::create_symlink(root / target, root / path);
  }
  std::string Heard(const std::string& path) const {
    std::string text;
    std::ifstream file(root / path / "uevent");
    std::getline(file, text);
    return text;
  }

  fs::path root;
};

TEST_CASE("coldplug: only network cards are announced at first, with the UUID") {
  Sysfs sys;
  sys.Device("devices/pci/card", "pci:v1bc02sc00");
  sys.Device("devices/pci/display", "pci:v1bc03sc00");
  sys.Link("bus/pci/devices/card", "devices/pci/card");
  sys.Link("bus/pci/devices/display", "devices/pci/display");
  CHECK(AnnounceNetworkCards(sys.root.c_str(), "uuid") == 1);
  CHECK(sys.Heard("devices/pci/card") == "add uuid");
  CHECK(sys.Heard("devices/pci/display").empty());
}

TEST_CASE("coldplug: then every device is, however deep") {
  Sysfs sys;
  sys.Device("devices/pci/disk/host0/target/block/sda");
  sys.Link("class/block/sda", "devices/pci/disk/host0/target/block/sda");
  sys.Device("devices/pci/disk");
  sys.Device("devices/virtual/tty/tty1");
  sys.Device("module/block");
  AnnounceAll(sys.root.c_str());
  CHECK(sys.Heard("devices/pci/disk/host0/target/block/sda") == "add");
  CHECK(sys.Heard("devices/pci/disk") == "add");
  CHECK(sys.Heard("devices/virtual/tty/tty1") == "add");
  CHECK(sys.Heard("module/block") == "add");
}

TEST_CASE("coldplug: an answer of udevd names the event by its UUID") {
  using std::string_literals::operator""s;
  const std::string binary = "libudev\0\xfe\xed\xca\xfe"s + "(\0\0\0ACTION=add\0"s;
  CHECK(IsAbout(binary + "SYNTH_UUID=abc\0SEQNUM=7\0"s, "abc"));
  CHECK_FALSE(IsAbout(binary + "SYNTH_UUID=abcd\0"s, "abc"));
  CHECK_FALSE(IsAbout(binary, "abc"));
  CHECK_FALSE(IsAbout("", ""));
}

}  // namespace
}  // namespace ichor::coldplug
