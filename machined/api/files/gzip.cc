#include "machined/api/files/gzip.h"

#include <array>

#include "absl/log/check.h"

namespace ichor::api {
namespace {

constexpr int kGzip = 16 + MAX_WBITS;  // as zlib.h names this format
constexpr int kMemoryLevel = 8;        // zlib's default

}  // namespace

Gzip::Gzip() {
  // Fails only for wrong arguments, or without memory.
  CHECK_EQ(
      deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, kGzip, kMemoryLevel, Z_DEFAULT_STRATEGY),
      Z_OK);
}

Gzip::~Gzip() {
  deflateEnd(&stream_);
}

std::string Gzip::Run(std::string_view bytes, int flush) {
  std::string ready;
  std::array<char, 16 << 10> room;
  stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream_.avail_in = static_cast<uInt>(bytes.size());
  do {
    stream_.next_out = reinterpret_cast<Bytef*>(room.data());
    stream_.avail_out = room.size();
    deflate(&stream_, flush);
    ready.append(room.data(), room.size() - stream_.avail_out);
  } while (stream_.avail_out == 0);
  return ready;
}

}  // namespace ichor::api
