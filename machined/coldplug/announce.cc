#include "machined/coldplug/announce.h"

#include <dirent.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "lib/early/file.h"
#include "machined/coldplug/order.h"

namespace ichor::coldplug {
namespace {

using Path = early::Text<1024>;

constexpr unsigned kUdevGroup = 2;  // libudev: events that udevd is done with

// Writes to the `uevent` file of a directory, if it has one. False if not.
bool Announce(std::string_view directory, std::string_view words) {
  const Path file{directory, "/uevent"};
  return file.fits() && early::WriteFile(file.c_str(), words) == 0;
}

// Calls `each` with the path of every entry, links too, but for hidden ones.
template <class Each>
void ForEach(const Path& directory, const Each& each) {
  DIR* entries = ::opendir(directory.c_str());
  if (entries == nullptr) return;
  while (const dirent* entry = ::readdir(entries)) {
    if (entry->d_name[0] == '.') continue;
    const Path path{directory.view(), "/", entry->d_name};
    if (path.fits()) each(path, *entry);
  }
  ::closedir(entries);
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
  ForEach(Path{sysfs, "/bus"}, [&](const Path& bus, const dirent&) {
    ForEach(Path{bus.view(), "/devices"}, [&](const Path& device, const dirent&) {
      std::array<char, 512> buffer{};
      const Path file{device.view(), "/modalias"};
      const auto modalias = early::ReadLine(file.c_str(), buffer);
      if (modalias.has_value() && IsNetworkCard(*modalias) && Announce(device.view(), words.view()))
        ++count;
    });
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
