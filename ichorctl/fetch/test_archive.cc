#include "ichorctl/fetch/test_archive.h"

#include <zlib.h>

#include <format>

namespace ichor::ctl {

std::string Entry(char type, const std::string& name, const std::string& contents,
                  const std::string& target) {
  std::string header(512, '\0');
  header.replace(0, name.size(), name);
  const std::string size = std::format("{:011o}", contents.size());
  header.replace(124, size.size(), size);
  header[156] = type;
  header.replace(157, target.size(), target);
  header.replace(257, 5, "ustar");
  header.replace(148, 8, "        ");
  unsigned sum = 0;
  for (const char c : header) {
    sum += static_cast<unsigned char>(c);
  }
  header.replace(148, 7, std::format("{:06o}", sum) + '\0');
  return header + contents + std::string((512 - contents.size() % 512) % 512, '\0');
}

std::string Gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(text.size() + 1024, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace ichor::ctl
