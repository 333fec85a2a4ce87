#include "machined/api/files/tree_archive.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "common/common.pb.h"
#include "lib/base/status_matchers.h"
#include "lib/sys/fake_file_view.h"
#include "machined/api/files/file_bytes.h"
#include "zlib.h"

namespace ichor::api {
namespace {

using base::StatusIs;

std::string Bytes(MessageSource& source, absl::Status& status) {
  std::vector<std::string> messages;
  absl::StatusOr<bool> more = true;
  while (more.ok() && *more) {
    more = source.Produce(messages);
  }
  status = more.status();
  std::string bytes;
  for (const std::string& message : messages) {
    common::Data data;
    REQUIRE(data.ParseFromString(message));
    CHECK(data.bytes().size() <= 1024);
    bytes += data.bytes();
  }
  return bytes;
}

std::string Unpack(const std::string& packed) {
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, 16 + MAX_WBITS) == Z_OK);
  std::string bytes(32 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  bytes.resize(stream.total_out);
  inflateEnd(&stream);
  return bytes;
}

struct Entry {
  std::string name;
  char type;
  std::string contents;
  bool operator==(const Entry&) const = default;
};

// The entries of an archive without long names.
std::vector<Entry> Archive(sys::FileView& files, const std::string& root) {
  machine::CopyRequest request;
  request.set_root_path(root);
  TreeArchive archive(files, request);
  absl::Status status;
  const std::string tar = Unpack(Bytes(archive, status));
  REQUIRE_THAT(status, base::IsOk());
  REQUIRE(tar.ends_with(TarEnd()));
  std::vector<Entry> entries;
  for (size_t at = 0; tar[at] != '\0';) {
    const size_t size = std::stoul(tar.substr(at + 124, 11), nullptr, 8);
    const char type = tar[at + 156];
    entries.push_back(
        {.name = tar.c_str() + at,
         .type = type,
         .contents = type == '2' ? tar.c_str() + at + 157 : tar.substr(at + 512, size)});
    at += 512 + (size + 511) / 512 * 512;
  }
  return entries;
}

}  // namespace

TEST_CASE("copy: a tree is a compressed archive with names below its root") {
  sys::FakeFileView tree;
  tree.AddFile("/d/a", "hello");
  tree.AddFile("/d/sub/empty", "");
  tree.AddLink("/d/l", "../x");
  tree.AddLink("/way", "d");
  const std::vector<Entry> entries = {{".", '5', ""},
                                      {"a", '0', "hello"},
                                      {"l", '2', "../x"},
                                      {"sub", '5', ""},
                                      {"sub/empty", '0', ""}};
  CHECK(Archive(tree, "/d") == entries);
  CHECK(Archive(tree, "/way/") == entries);
}

TEST_CASE("copy: a file alone goes by its own name, a large one whole") {
  sys::FakeFileView tree;
  const std::string large(5'000'001, 'x');
  tree.AddFile("/d/a", large);
  const std::vector<Entry> entries = Archive(tree, "/d/a");
  REQUIRE(entries.size() == 1);
  CHECK(entries[0] == Entry{"a", '0', large});
}

TEST_CASE("copy: what is not there is an error") {
  sys::FakeFileView tree;
  machine::CopyRequest request;
  request.set_root_path("/none");
  TreeArchive archive(tree, request);
  absl::Status status;
  CHECK(Bytes(archive, status).empty());
  CHECK_THAT(status,
             StatusIs(absl::StatusCode::kNotFound, "open /none: No such file or directory"));
}

TEST_CASE("read: a file comes whole, and only a regular one") {
  sys::FakeFileView tree;
  const std::string contents(200'000, 'y');
  tree.AddFile("/d/a", contents);
  tree.AddLink("/l", "d/a");
  machine::ReadRequest request;
  request.set_path("l");
  FileBytes file(tree, request);
  absl::Status status;
  CHECK(Bytes(file, status) == contents);
  CHECK_THAT(status, base::IsOk());
  request.set_path("/d");
  FileBytes directory(tree, request);
  CHECK(Bytes(directory, status).empty());
  CHECK_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument, "read /d: not a regular file"));
}

}  // namespace ichor::api
