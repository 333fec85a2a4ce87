#include "machined/sources/encoded.h"

#include <zlib.h>
#include <zstd.h>

#include <format>
#include <memory>
#include <utility>

#include "absl/strings/escaping.h"
#include "machined/config/apply_request.h"

namespace ichor {
namespace {

constexpr size_t kChunkBytes = 64 << 10;
constexpr int kMaxWindowLog = 23;  // 8 MiB of memory; configs are smaller
constexpr std::string_view kGzipMagic = "\x1f\x8b";
constexpr int kGzipOnly = 16 + MAX_WBITS;

absl::Status TooLarge() {
  return absl::ResourceExhaustedError(
      std::format("the config is larger than {} bytes", kMaxConfigBytes));
}

struct FreeZstd {
  void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};
struct EndInflate {
  void operator()(z_stream* stream) const { inflateEnd(stream); }
};

absl::StatusOr<std::string> Unzstd(const std::string& packed) {
  const std::unique_ptr<ZSTD_DStream, FreeZstd> stream(ZSTD_createDStream());
  ZSTD_DCtx_setParameter(stream.get(), ZSTD_d_windowLogMax, kMaxWindowLog);
  ZSTD_inBuffer in{.src = packed.data(), .size = packed.size(), .pos = 0};
  std::string plain;
  std::string chunk(kChunkBytes, '\0');
  size_t left = 1;
  while (left != 0) {
    ZSTD_outBuffer out{.dst = chunk.data(), .size = chunk.size(), .pos = 0};
    left = ZSTD_decompressStream(stream.get(), &out, &in);
    if (ZSTD_isError(left) != 0) {
      return absl::InvalidArgumentError(std::format("zstd: {}", ZSTD_getErrorName(left)));
    }
    if (plain.size() + out.pos > kMaxConfigBytes) {
      return TooLarge();
    }
    plain.append(chunk, 0, out.pos);
    if (left != 0 && in.pos == in.size && out.pos < out.size) {
      return absl::InvalidArgumentError("zstd: the end is missing");
    }
  }
  return plain;
}

absl::StatusOr<std::string> Gunzip(std::string& packed) {
  z_stream stream{};
  stream.next_in =
      reinterpret_cast<Bytef*>(packed.data());  // NOLINT(*-reinterpret-cast): zlib's type
  stream.avail_in = static_cast<uInt>(packed.size());
  if (inflateInit2(&stream, kGzipOnly) != Z_OK) {
    return absl::InternalError("gzip: no memory");
  }
  const std::unique_ptr<z_stream, EndInflate> end(&stream);
  std::string plain;
  std::string chunk(kChunkBytes, '\0');
  for (int result = Z_OK; result != Z_STREAM_END;) {
    stream.next_out = reinterpret_cast<Bytef*>(chunk.data());  // NOLINT(*-reinterpret-cast)
    stream.avail_out = static_cast<uInt>(chunk.size());
    result = inflate(&stream, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END) {
      return absl::InvalidArgumentError(result == Z_BUF_ERROR ? "gzip: the end is missing"
                                                              : "gzip: the data is damaged");
    }
    const size_t size = chunk.size() - stream.avail_out;
    if (plain.size() + size > kMaxConfigBytes) {
      return TooLarge();
    }
    plain.append(chunk, 0, size);
  }
  return plain;
}

}  // namespace

absl::StatusOr<std::string> DecodeArgument(std::string_view text) {
  std::string packed;
  if (!absl::Base64Unescape(absl::string_view(text.data(), text.size()), &packed)) {
    return absl::InvalidArgumentError("the argument is no base64");
  }
  return Unzstd(packed);
}

absl::StatusOr<std::string> Unpack(std::string bytes) {
  if (!bytes.starts_with(kGzipMagic)) {
    return bytes;
  }
  return Gunzip(bytes);
}

}  // namespace ichor
