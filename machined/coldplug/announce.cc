#include "machined/coldplug/announce.h"

#include <dirent.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "lib/early/file.h"
#include "machined/coldplug/network_cards.h"

namespace ichor::coldplug {
namespace {

constexpr unsigned kUdevGroup = 2;  // libudev: events that udevd is done with

// Writes to the `uevent` file of a directory, if it has one. False if not.
bool Announce(std::string_view directory, std::string_view words) {
  const Path file{directory, "/uevent"};
  return file.fits() && early::WriteFile(file.c_str(), words) == 0;
}

// `power` is of every device and never one itself; `block` was announced before.
bool MayHoldDevices(const dirent& entry) {
  const std::string_view name = entry.d_name;
  return entry.d_type == DT_DIR && name != "power" && name != "block";
}

void AnnounceBelow(const Path& directory, int depth) {
  constexpr int kDeepest = 24;
  Announce(directory.view(), "add");
  if (depth == kDeepest) return;
  ForEach(directory, [depth](const Path& path, const dirent& entry) {
    if (MayHoldDevices(entry)) AnnounceBelow(path, depth + 1);
  });
}

}  // namespace

bool IsAbout(std::string_view datagram, std::string_view uuid) {
  constexpr std::string_view kKey = "SYNTH_UUID=";
  while (!datagram.empty()) {
    const std::string_view line = early::TakeUntil(datagram, '\0');
    if (line.starts_with(kKey) && early::Part(line, kKey.size()) == uuid) return true;
  }
  return false;
}

bool Answers::Open() {
  socket_.Reset(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT));
  sockaddr_nl address = {};
  address.nl_family = AF_NETLINK;
  address.nl_groups = kUdevGroup;
  return socket_.ok() &&
         ::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
}

void Answers::Await(std::size_t count, std::string_view uuid, int patience_ms) {
  static std::array<char, 16384> buffer;
  while (count > 0) {
    pollfd waiting = {.fd = socket_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, patience_ms) != 1) return;
    const ssize_t size = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size > 0 && IsAbout({buffer.data(), static_cast<std::size_t>(size)}, uuid)) --count;
  }
}

std::size_t AnnounceNetworkCards(const char* sysfs, std::string_view uuid) {
  std::size_t count = 0;
  const early::Text<64> words{"add ", uuid};
  ForEachNetworkCard(sysfs, [&](const Path& device, std::string_view) {
    if (Announce(device.view(), words.view())) ++count;
  });
  return count;
}

void AnnounceAll(const char* sysfs) {
  ForEach(Path{sysfs, "/class/block"},
          [](const Path& device, const dirent&) { Announce(device.view(), "add"); });
  AnnounceBelow(Path{sysfs, "/devices"}, 0);
  // The one module that Debian's rules look at.
  Announce(Path{sysfs, "/module/block"}.view(), "add");
}

}  // namespace ichor::coldplug
