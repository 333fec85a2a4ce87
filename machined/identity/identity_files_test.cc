#include "machined/identity/identity_files.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/random.h"
#include "lib/base/status_matchers.h"
#include "lib/sys/file.h"
#include "machined/identity/node_id.h"

namespace ichor {
namespace {

using base::IsOk;

// A directory that goes with the test.
struct Directory {
  Directory() {
    path = std::filesystem::temp_directory_path() /
           ("identity_test." + ToNodeId(base::RandomBytes(kNodeIdBytes)));
    std::filesystem::create_directory(path);
  }
  ~Directory() { std::filesystem::remove_all(path); }

  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(path / name, std::ios::trunc) << text;
  }
  std::string Read(const std::string& name) const {
    return sys::ReadFile(path / name, 4096).value_or("");
  }

  std::filesystem::path path;
};

constexpr const char* kFile = "node-identity.yaml";
constexpr const char* kCopy = "node-identity-copy.yaml";

}  // namespace

TEST_CASE("identity files: made once, and kept") {
  const Directory directory;
  const IdentityFiles files(directory.path);
  CHECK(absl::IsNotFound(files.Read().status()));
  const auto made = files.ReadOrMake();
  REQUIRE_THAT(made, IsOk());
  CHECK(directory.Read(kFile) == "nodeId: " + *made + "\n");
  CHECK(directory.Read(kCopy) == directory.Read(kFile));
  CHECK(*files.ReadOrMake() == *made);
  CHECK(*files.Repair() == *made);
}

TEST_CASE("identity files: one that is damaged or gone comes back from the other") {
  const Directory directory;
  const IdentityFiles files(directory.path);
  const std::string id = *files.ReadOrMake();
  const std::string hurt = GENERATE(kFile, kCopy);
  if (GENERATE(true, false)) {
    std::filesystem::remove(directory.path / hurt);
  } else {
    directory.Write(hurt, std::string(52, '\0'));
  }
  CHECK(*files.Read() == id);
  CHECK(*files.ReadOrMake() == id);
  CHECK(directory.Read(hurt) == "nodeId: " + id + "\n");
}

TEST_CASE("identity files: what is lost is said, and made anew by an administrator only") {
  const Directory directory;
  const IdentityFiles files(directory.path);
  const std::string text = GENERATE("", "nodeId: short\n", "nodeId: [", "other: 1\n");
  directory.Write(kFile, text);
  directory.Write(kCopy, text);
  const auto read = files.ReadOrMake();
  CHECK(absl::IsDataLoss(read.status()));
  CHECK(read.status().message().find("/node-identity.yaml: ") != std::string::npos);
  CHECK(directory.Read(kFile) == text);
  const auto repaired = files.Repair();
  REQUIRE_THAT(repaired, IsOk());
  CHECK(*files.Read() == *repaired);
}

}  // namespace ichor
