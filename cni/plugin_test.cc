#include "cni/plugin.h"

#include <cstdlib>
#include <filesystem>
#include <format>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/kube/json.h"
#include "lib/resource/tree.h"
#include "lib/sys/file.h"

namespace ichor::cni {
namespace {

struct Fixture {
  Fixture() { REQUIRE(mkdtemp(directory.data()) != nullptr); }
  ~Fixture() { std::filesystem::remove_all(directory); }

  void Lease() const {
    REQUIRE_THAT(sys::WriteFileAtomically(directory + "/subnet.env",
                                          "FLANNEL_NETWORK=10.244.0.0/16\n"
                                          "FLANNEL_SUBNET=10.244.1.1/24\nFLANNEL_MTU=1450\n"
                                          "FLANNEL_IPMASQ=true\n",
                                          0644),
                 base::IsOk());
  }
  Answer Do(const std::string& command, const std::string& more = "") {
    variables["CNI_COMMAND"] = command;
    return Handle(
        {.variable = [this](const char* name) { return variables[name]; },
         .input = std::format(R"({{"cniVersion": "1.0.0", "name": "cbr0",)"
                              R"("subnetFile": "{0}/subnet.env",)"
                              R"("dataDir": "{0}/cni/flannel"{1}}})",
                              directory, more),
         .run = [this](const std::string& path, const std::string& input) -> absl::StatusOr<int> {
           if (!path.starts_with("/opt/cni/bin/")) {
             return absl::NotFoundError(path);
           }
           calls.emplace_back(path, input);
           return exit_code;
         }});
  }
  std::string Kept() const { return directory + "/cni/flannel/pod1"; }

  std::string directory = "/tmp/ichor-cni-XXXXXX";
  std::map<std::string, std::string> variables = {{"CNI_CONTAINERID", "pod1"},
                                                  {"CNI_PATH", "/nothing:/opt/cni/bin"}};
  std::vector<std::pair<std::string, std::string>> calls;
  int exit_code = 0;
};

}  // namespace

TEST_CASE("flannel plugin: ADD, CHECK and DEL are the bridge's, of one config") {
  Fixture f;
  f.Lease();
  Answer answer = f.Do("ADD");
  CHECK(answer.exit_code == 0);
  CHECK(answer.output.empty());  // the bridge said it
  REQUIRE(f.calls.size() == 1);
  CHECK(f.calls[0].first == "/opt/cni/bin/bridge");
  const std::string added = f.calls[0].second;
  CHECK(added.contains(R"("subnet":"10.244.1.0/24")"));
  CHECK(std::filesystem::exists(f.Kept()));

  std::filesystem::remove(f.directory + "/subnet.env");  // flannel may be gone by then
  CHECK(f.Do("CHECK", R"(, "prevResult": {"ips": []})").exit_code == 0);
  REQUIRE(f.calls.size() == 2);
  CHECK(f.calls[1].second.contains(R"("prevResult":{"ips":[]})"));

  f.exit_code = 1;
  CHECK(f.Do("DEL").exit_code == 1);
  CHECK(std::filesystem::exists(f.Kept()));  // it will be tried again
  f.exit_code = 0;
  CHECK(f.Do("DEL").exit_code == 0);
  CHECK(f.calls.back().second == added);
  CHECK(!std::filesystem::exists(f.Kept()));
  CHECK(f.Do("DEL").exit_code == 0);
  CHECK(f.calls.size() == 4);  // not asked for what was never added
}

TEST_CASE("flannel plugin: directories on the way are left as they are") {
  Fixture f;
  f.Lease();
  std::filesystem::create_directory(f.directory + "/cni");
  std::filesystem::permissions(f.directory + "/cni", std::filesystem::perms(0755));
  CHECK(f.Do("ADD").exit_code == 0);
  CHECK(std::filesystem::status(f.directory + "/cni").permissions() ==
        std::filesystem::perms(0755));
}

TEST_CASE("flannel plugin: before flannel has a lease it says so, and to come again") {
  Fixture f;
  const Answer answer = f.Do("ADD");
  CHECK(answer.exit_code == 1);
  CHECK(answer.output ==
        std::format(R"({{"cniVersion":"1.0.0","code":11,"msg":"flannel: it has no )"
                    R"(subnet yet: open {}/subnet.env: No such file or )"
                    R"(directory"}})",
                    f.directory));
  CHECK(f.calls.empty());
}

TEST_CASE("flannel plugin: which versions it knows") {
  Fixture f;
  CHECK(f.Do("VERSION").output ==
        R"({"cniVersion":"1.0.0","supportedVersions":["0.1.0","0.2.0","0.3.0","0.3.1","0.4.0",)"
        R"("1.0.0"]})");
}

TEST_CASE("flannel plugin: calls that make no sense") {
  Fixture f;
  f.Lease();
  CHECK(f.Do("GC").output ==
        R"({"cniVersion":"1.0.0","code":4,"msg":"flannel: CNI_COMMAND is \"GC\": expected ADD, )"
        R"(DEL, CHECK or VERSION"})");
  f.variables["CNI_CONTAINERID"] = "../x";
  CHECK(f.Do("ADD").output ==
        R"({"cniVersion":"1.0.0","code":4,"msg":"flannel: CNI_CONTAINERID is \"../x\""})");
  f.variables["CNI_CONTAINERID"] = "pod1";
  CHECK(f.Do("ADD", R"(, "delegate": 5)").output ==
        R"({"cniVersion":"1.0.0","code":7,"msg":"flannel: \"delegate\" is no object"})");
  f.variables["CNI_PATH"] = "/nothing";
  CHECK(
      f.Do("ADD").output ==
      R"({"cniVersion":"1.0.0","code":4,"msg":"flannel: there is no plugin bridge in /nothing"})");
}

}  // namespace ichor::cni
