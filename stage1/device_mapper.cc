#include "stage1/device_mapper.h"

#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <span>

namespace ichor::stage1 {
namespace {

// An ioctl's argument: its head, and for a table one target with its text.
struct Request {
  dm_ioctl head;
  dm_target_spec target;
  std::array<char, 1024> parameters;
};

void Prepare(Request& request, std::string_view name) {
  request = {};
  request.head.version[0] = DM_VERSION_MAJOR;
  request.head.data_size = sizeof(request);
  request.head.data_start = offsetof(Request, target);
  std::ranges::copy(name, request.head.name);
}

bool SetTable(int control, std::string_view name, const Target& target) {
  static Request request;
  Prepare(request, name);
  if (target.type.size() >= sizeof(request.target.target_type) ||
      target.parameters.size() >= request.parameters.size()) {
    errno = EINVAL;
    return false;
  }
  request.head.flags = DM_READONLY_FLAG;
  request.head.target_count = 1;
  request.target.length = target.sectors;
  request.target.next = sizeof(request.target) + sizeof(request.parameters);
  std::ranges::copy(target.type, request.target.target_type);
  std::ranges::copy(target.parameters, request.parameters.begin());
  return ::ioctl(control, DM_TABLE_LOAD, &request) == 0;
}

}  // namespace

bool DeviceMapper::Open() {
  control_.Reset(::open("/dev/mapper/control", O_RDWR | O_CLOEXEC));
  return control_.ok();
}

DevicePath DeviceMapper::Create(std::string_view name, const Target& target) const {
  static Request request;
  if (name.size() >= sizeof(request.head.name)) {
    errno = EINVAL;
    return {};
  }
  Prepare(request, name);
  request.head.flags = DM_READONLY_FLAG;
  if (::ioctl(control_.get(), DM_DEV_CREATE, &request) != 0) return {};
  const auto device = static_cast<dev_t>(request.head.dev);
  bool done = SetTable(control_.get(), name, target);
  if (done) {
    Prepare(request, name);
    request.head.flags = DM_READONLY_FLAG;
    done = ::ioctl(control_.get(), DM_DEV_SUSPEND, &request) ==
           0;  // without the flag for suspending: resumes
  }
  if (done) return {"/dev/dm-", early::Decimal(minor(device))};
  const int error = errno;
  Prepare(request, name);
  ::ioctl(control_.get(), DM_DEV_REMOVE, &request);
  errno = error;
  return {};
}

}  // namespace ichor::stage1
