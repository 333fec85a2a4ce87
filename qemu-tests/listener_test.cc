#include <catch2/catch_test_case_info.hpp>
#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
#include <cctype>
#include <filesystem>
#include <iostream>
#include <string>
#include <system_error>

#include "qemu-tests/node_notes.h"
#include "qemu-tests/test_files.h"

namespace ichor::qemu {
namespace {

// "uefi-the-disk-stays-as-it-was" of "UEFI: the disk stays as it was".
std::string Slug(const std::string& name) {
  std::string slug;
  for (const unsigned char c : name) {
    if (std::isalnum(c) != 0) {
      slug += static_cast<char>(std::tolower(c));
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
  }
  return slug;
}

std::string& Current() {
  static std::string directory;
  return directory;
}

class KeepFilesOfFailures : public Catch::EventListenerBase {
 public:
  using EventListenerBase::EventListenerBase;

  void testCaseStarting(const Catch::TestCaseInfo& info) override {
    Current() = "/ichor/build/qemu/" + Slug(info.name);
    std::error_code ignored;
    std::filesystem::remove_all(Current(), ignored);
  }

  void assertionEnded(const Catch::AssertionStats& stats) override {
    if (!stats.assertionResult.isOk()) {
      NoteNodes();  // the nodes are gone when the test case ends
    }
  }

  void testCaseEnded(const Catch::TestCaseStats& stats) override {
    std::error_code ignored;
    if (stats.totals.assertions.failed == 0) {
      std::filesystem::remove_all(Current(), ignored);
    } else if (std::filesystem::exists(Current(), ignored)) {
      std::cout << "console log, API state and disks are kept in "
                << Current().substr(std::string("/ichor/").size()) << '\n';
    }
  }
};

CATCH_REGISTER_LISTENER(KeepFilesOfFailures)

}  // namespace

std::string TestDirectory() {
  return Current();
}

}  // namespace ichor::qemu
