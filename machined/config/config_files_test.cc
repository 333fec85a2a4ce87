#include "machined/config/config_files.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"

namespace ichor {
namespace {

using base::IsOk;

struct Fixture {
  Fixture() { REQUIRE(mkdtemp(directory.data()) != nullptr); }
  ~Fixture() { std::filesystem::remove_all(directory); }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;

  ConfigFiles Files() const { return ConfigFiles(directory); }
  SavedConfigs Saved() const {
    const auto saved = Files().Read();
    REQUIRE_THAT(saved, IsOk());
    return *saved;
  }

  std::string directory = "/tmp/config-files-XXXXXX";
};

const ConfigTrial kTrial{.until = base::WallTime(std::chrono::seconds(1766366400)),
                         .window = std::chrono::minutes(5)};

}  // namespace

TEST_CASE("config files: nothing is there at first") {
  const Fixture f;
  const SavedConfigs saved = f.Saved();
  CHECK_FALSE(saved.current.has_value());
  CHECK_FALSE(saved.known_good.has_value());
  CHECK_FALSE(saved.trial.has_value());
}

TEST_CASE("config files: the config before is kept beside the new one") {
  const Fixture f;
  REQUIRE_THAT(f.Files().Save("first\n", std::nullopt), IsOk());
  REQUIRE_THAT(f.Files().Save("second # with its comment\n", std::nullopt), IsOk());
  CHECK(f.Saved().current == "second # with its comment\n");
  CHECK(f.Saved().known_good == "first\n");
}

TEST_CASE("config files: what machined has not lived with for a while is not known to be good") {
  const Fixture f;
  REQUIRE_THAT(f.Files().Save("first", std::nullopt), IsOk());
  CHECK(f.Saved().proven);  // there is none to go back to
  REQUIRE_THAT(f.Files().Save("second", std::nullopt), IsOk());
  CHECK_FALSE(f.Saved().proven);
  SECTION("another one comes in the meantime") {
    REQUIRE_THAT(f.Files().Save("third", std::nullopt), IsOk());
    CHECK(f.Saved().known_good == "first");
    CHECK_FALSE(f.Saved().proven);
  }
  SECTION("another one comes, and must come back to what was there") {
    REQUIRE_THAT(f.Files().Save("third", kTrial), IsOk());
    CHECK(f.Saved().known_good == "second");
  }
  SECTION("it does well") {
    REQUIRE_THAT(f.Files().Prove(), IsOk());
    CHECK(f.Saved().proven);
    REQUIRE_THAT(f.Files().Save("third", std::nullopt), IsOk());
    CHECK(f.Saved().known_good == "second");
  }
  SECTION("it does not") {
    REQUIRE_THAT(f.Files().Revert(), IsOk());
    CHECK(f.Saved().current == "first");
    CHECK(f.Saved().proven);
  }
}

TEST_CASE("config files: a config on trial is confirmed, or the one before is back") {
  const Fixture f;
  REQUIRE_THAT(f.Files().Save("first", std::nullopt), IsOk());
  REQUIRE_THAT(f.Files().Save("second", kTrial), IsOk());
  REQUIRE(f.Saved().trial.has_value());
  CHECK(f.Saved().trial->until == kTrial.until);
  CHECK(f.Saved().trial->window == kTrial.window);

  SECTION("confirmed") {
    REQUIRE_THAT(f.Files().Confirm(), IsOk());
    CHECK(f.Saved().current == "second");
    CHECK_FALSE(f.Saved().trial.has_value());
  }
  SECTION("reverted") {
    REQUIRE_THAT(f.Files().Revert(), IsOk());
    CHECK(f.Saved().current == "first");
    CHECK_FALSE(f.Saved().trial.has_value());
  }
  SECTION("one on trial is no known good one") {
    REQUIRE_THAT(f.Files().Save("third", kTrial), IsOk());
    REQUIRE_THAT(f.Files().Revert(), IsOk());
    CHECK(f.Saved().current == "first");
  }
  SECTION("another one for good ends the trial") {
    REQUIRE_THAT(f.Files().Save("third", std::nullopt), IsOk());
    CHECK(f.Saved().known_good == "first");
    CHECK_FALSE(f.Saved().trial.has_value());
  }
}

TEST_CASE("config files: a trial that nobody understands is over") {
  const Fixture f;
  std::ofstream(f.directory + "/config-trial") << "soon";
  REQUIRE(f.Saved().trial.has_value());
  CHECK(f.Saved().trial->until == base::WallTime());
}

}  // namespace ichor
