// Makes a zip archive in memory. See PKWARE's APPNOTE.TXT.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/base/clock.h"

namespace ichor::ctl {

class ZipWriter {
 public:
  // `time`, in UTC, is that of all files.
  explicit ZipWriter(base::WallTime time);

  // Adds a compressed file that its owner alone may read. `path` has slashes between its parts; it
  // and `contents` have fewer than 64 KiB and 4 GiB.
  void Add(std::string_view path, std::string_view contents);

  // The archive. Nothing may be added after that.
  std::string Finish() &&;

 private:
  const std::string time_;  // as it stands in headers
  std::string archive_;
  std::string directory_;  // what stands at its end
  std::uint16_t files_ = 0;
};

}  // namespace ichor::ctl
