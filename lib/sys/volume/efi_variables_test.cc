#include "lib/sys/volume/efi_variables.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/volume/linux_efi_variables.h"

namespace ichor::sys {

TEST_CASE("efi variables: files with attributes in front, and the name's namespace behind it") {
  std::string directory = "/tmp/efi-variables-XXXXXX";
  REQUIRE(mkdtemp(directory.data()) != nullptr);
  LinuxEfiVariables variables(directory);
  CHECK_FALSE(variables.AreThere());
  CHECK(absl::IsNotFound(variables.Read("BootOrder").status()));
  REQUIRE_THAT(variables.Write("BootOrder", std::string("\1\0", 2)), base::IsOk());
  std::ofstream(directory + "/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f") << "other";
  CHECK(variables.AreThere());
  CHECK(*variables.Read("BootOrder") == std::string("\1\0", 2));
  CHECK(*variables.List() == std::vector<std::string>{"BootOrder"});
  std::ifstream file(directory + "/BootOrder-8be4df61-93ca-11d2-aa0d-00e098032b8c");
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  CHECK(bytes == std::string("\7\0\0\0\1\0", 6));
  std::filesystem::remove_all(directory);
}

}  // namespace ichor::sys
