#include "ichorctl/fetch/gunzip.h"

#include <zlib.h>

#include <array>

#include "lib/base/status.h"

namespace ichor::ctl {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;
constexpr size_t kPieceBytes = 64 << 10;

}  // namespace

struct Gunzip::State {
  z_stream stream{};
  bool ready = false;
  bool ended = false;
  std::array<char, kPieceBytes> piece{};
};

Gunzip::Gunzip() : state_(std::make_unique<State>()) {
  state_->ready = inflateInit2(&state_->stream, kGzipOnly) == Z_OK;
}

Gunzip::~Gunzip() {
  inflateEnd(&state_->stream);
}

absl::Status Gunzip::Feed(std::string_view bytes, const Take& take) {
  z_stream& stream = state_->stream;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  bool full = true;  // there may be more of what is decompressed already
  while (!state_->ended && (stream.avail_in > 0 || full)) {
    stream.next_out = reinterpret_cast<Bytef*>(state_->piece.data());
    stream.avail_out = kPieceBytes;
    const int result = state_->ready ? inflate(&stream, Z_NO_FLUSH) : Z_MEM_ERROR;
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
      return absl::DataLossError("what came is no gzip");
    }
    const size_t size = kPieceBytes - stream.avail_out;
    full = stream.avail_out == 0;
    state_->ended = result == Z_STREAM_END;
    if (size > 0) {
      RETURN_IF_ERROR(take({state_->piece.data(), size}));
    }
  }
  return absl::OkStatus();
}

absl::Status Gunzip::Finish() const {
  return state_->ended ? absl::OkStatus() : absl::DataLossError("the end of the gzip is missing");
}

}  // namespace ichor::ctl
