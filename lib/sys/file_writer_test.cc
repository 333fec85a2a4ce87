#include "lib/sys/file_writer.h"

#include <unistd.h>

#include <filesystem>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/file.h"

namespace ichor::sys {

TEST_CASE("file writer: a file is there when it is complete, and the old one until then") {
  std::string top = "/tmp/ichor-writer-XXXXXX";
  REQUIRE(mkdtemp(top.data()) != nullptr);
  const std::string path = top + "/file";
  REQUIRE_THAT(WriteFileAtomically(path, "old", 0600), base::IsOk());
  {
    auto writer = FileWriter::Create(path, 0700);
    REQUIRE_THAT(writer.status(), base::IsOk());
    REQUIRE_THAT(writer->Write("lost"), base::IsOk());
  }
  CHECK(*ReadFile(path, 100) == "old");
  CHECK_FALSE(std::filesystem::exists(path + ".new"));

  auto writer = FileWriter::Create(path, 0700);
  REQUIRE_THAT(writer.status(), base::IsOk());
  REQUIRE_THAT(writer->Write("in "), base::IsOk());
  REQUIRE_THAT(writer->Write("pieces"), base::IsOk());
  CHECK(*ReadFile(path, 100) == "old");
  REQUIRE_THAT(writer->Commit(), base::IsOk());
  CHECK(*ReadFile(path, 100) == "in pieces");
  CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms::owner_all);
  std::filesystem::remove_all(top);
}

}  // namespace ichor::sys
