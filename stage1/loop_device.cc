#include "stage1/loop_device.h"

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>

namespace ichor::stage1 {

DevicePath AttachLoop(const char* file, early::Fd& keep) {
  const early::Fd control(::open("/dev/loop-control", O_RDWR | O_CLOEXEC));
  const early::Fd backing(::open(file, O_RDONLY | O_CLOEXEC));
  if (!control.ok() || !backing.ok()) return {};
  const int number = ::ioctl(control.get(), LOOP_CTL_GET_FREE);
  if (number < 0) return {};
  const DevicePath path{"/dev/loop", early::Decimal(number)};
  keep.Reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!keep.ok()) return {};
  loop_config config = {};
  config.fd = static_cast<__u32>(backing.get());
  config.info.lo_flags = LO_FLAGS_READ_ONLY | LO_FLAGS_AUTOCLEAR;
  if (::ioctl(keep.get(), LOOP_CONFIGURE, &config) != 0) return {};
  return path;
}

}  // namespace ichor::stage1
