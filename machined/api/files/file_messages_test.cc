#include "machined/api/files/file_messages.h"

#include <map>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/sys/fake_file_view.h"

namespace ichor::api {
namespace {

struct Tree : sys::FakeFileView {
  Tree() {
    AddFile("/d/a", std::string(5000, 'x'));
    AddFile("/d/sub/b", "y");
    AddFile("/d/sub/deep/c", "");
    AddLink("/d/l", "a");
  }
};

std::vector<std::string> Names(MessageSource& source) {
  std::vector<std::string> messages;
  while (source.Produce(messages).value_or(false)) {
  }
  std::vector<std::string> names;
  for (const std::string& message : messages) {
    machine::FileInfo info;
    REQUIRE(info.ParseFromString(message));
    names.push_back(info.relative_name());
  }
  return names;
}

std::map<std::string, std::int64_t> Sizes(sys::FileView& files,
                                          const machine::DiskUsageRequest& request) {
  DiskUse use(files, request);
  std::vector<std::string> messages;
  while (use.Produce(messages).value_or(false)) {
  }
  std::map<std::string, std::int64_t> sizes;
  for (const std::string& message : messages) {
    machine::DiskUsageInfo info;
    REQUIRE(info.ParseFromString(message));
    sizes[info.relative_name()] = info.size();
  }
  return sizes;
}

using List = std::vector<std::string>;

}  // namespace

TEST_CASE("file list: one level, or as deep as asked") {
  Tree tree;
  machine::ListRequest request;
  request.set_root("/d/");
  FileList flat(tree, request);
  CHECK(Names(flat) == List{".", "a", "l", "sub"});
  request.set_recurse(true);
  request.set_recursion_depth(GENERATE(0, -1));
  FileList all(tree, request);
  CHECK(Names(all) == List{".", "a", "l", "sub", "sub/b", "sub/deep", "sub/deep/c"});
  request.set_recursion_depth(2);
  FileList two(tree, request);
  CHECK(Names(two) == List{".", "a", "l", "sub", "sub/b", "sub/deep"});
}

TEST_CASE("file list: types choose") {
  Tree tree;
  machine::ListRequest request;
  request.set_root("/d");
  request.add_types(machine::ListRequest::SYMLINK);
  request.add_types(machine::ListRequest::REGULAR);
  FileList list(tree, request);
  CHECK(Names(list) == List{"a", "l"});
}

TEST_CASE("file list: modes are Go's") {
  CHECK(GoMode(0100644) == 0644);
  CHECK(GoMode(0041777) == ((1u << 31) | (1u << 20) | 0777));
  CHECK(GoMode(0120777) == ((1u << 27) | 0777));
  CHECK(GoMode(0020600) == ((1u << 26) | (1u << 21) | 0600));
  CHECK(GoMode(0060600) == ((1u << 26) | 0600));
  CHECK(GoMode(0010600) == ((1u << 25) | 0600));
  CHECK(GoMode(0140600) == ((1u << 24) | 0600));
  CHECK(GoMode(0106755) == ((1u << 23) | (1u << 22) | 0755));
}

TEST_CASE("disk use: a directory holds what is in it") {
  Tree tree;
  machine::DiskUsageRequest request;
  request.add_paths("/d");
  CHECK(Sizes(tree, request) ==
        std::map<std::string, std::int64_t>{{".", 12'288}, {"sub", 4096}, {"sub/deep", 0}});
  request.set_all(true);
  request.set_recursion_depth(2);
  CHECK(Sizes(tree, request) ==
        std::map<std::string, std::int64_t>{{".", 12'288}, {"a", 8192}, {"l", 0}, {"sub", 4096}});
  request.set_threshold(8192);
  CHECK(Sizes(tree, request) == std::map<std::string, std::int64_t>{{".", 12'288}, {"a", 8192}});
  request.set_threshold(-4096);
  CHECK(Sizes(tree, request) == std::map<std::string, std::int64_t>{{"l", 0}, {"sub", 4096}});
}

TEST_CASE("disk use: several paths, one of which is no more") {
  Tree tree;
  machine::DiskUsageRequest request;
  request.add_paths("/d/a");
  request.add_paths("/gone");
  DiskUse use(tree, request);
  std::vector<std::string> messages;
  while (use.Produce(messages).value_or(false)) {
  }
  REQUIRE(messages.size() == 2);
  machine::DiskUsageInfo info;
  REQUIRE(info.ParseFromString(messages[0]));
  CHECK(info.name() == "/d/a");
  REQUIRE(info.ParseFromString(messages[1]));
  CHECK(info.error() == "open /gone: No such file or directory");
}

}  // namespace ichor::api
