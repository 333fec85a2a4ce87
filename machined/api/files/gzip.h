// A stream of bytes, compressed as gzip does (RFC 1952).
#pragma once

#include <string>
#include <string_view>

#include "zlib.h"

namespace ichor::api {

class Gzip {
 public:
  Gzip();
  ~Gzip();
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  // Takes the next bytes, and returns what is ready of the compressed ones.
  std::string Add(std::string_view bytes) { return Run(bytes, Z_NO_FLUSH); }

  // The end of the compressed bytes; nothing is added after that.
  std::string End() { return Run({}, Z_FINISH); }

 private:
  std::string Run(std::string_view bytes, int flush);

  z_stream stream_{};
};

}  // namespace ichor::api
