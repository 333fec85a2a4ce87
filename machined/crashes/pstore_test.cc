#include "machined/crashes/pstore.h"

#include <set>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/fake_file_view.h"
#include "machined/crashes/crash_log.h"

namespace ichor {

TEST_CASE("pstore: the newest ends are read and stay, older ones are removed") {
  sys::FakeFileView files;
  for (int i = 1; i <= 5; ++i) {
    files.AddFile("/pstore/dmesg-efi_pstore-" + std::to_string(i),
                  "Panic#" + std::to_string(i) + " Part1\nend " + std::to_string(i) + "\n");
  }
  files.AddDirectory("/pstore/a-directory");
  std::set<std::string> removed;
  const auto crashes =
      ReadPstore(files, "/pstore", [&removed](const std::string& path) { removed.insert(path); });
  REQUIRE_THAT(crashes, base::IsOk());
  REQUIRE(crashes->size() == 3);
  CHECK(crashes->front().log() == "end 3\n");
  CHECK(crashes->back().log() == "end 5\n");
  CHECK(removed ==
        std::set<std::string>{"/pstore/dmesg-efi_pstore-1", "/pstore/dmesg-efi_pstore-2"});
}

TEST_CASE("pstore: a machine without one is an error, and nothing else") {
  sys::FakeFileView files;
  CHECK_FALSE(ReadPstore(files, "/pstore", [](const std::string&) {}).ok());
}

TEST_CASE("crash log: crashes of this boot and of earlier ones are rows, bounded") {
  TestRuntime t;
  CrashLog log(t.runtime);
  for (std::uint64_t i = 1; i <= CrashLog::kMost + 1; ++i) {
    log.Add(i, Text("process: 'apid'"));
  }
  log.SetEarlier({Text("process: 'kernel'")});
  t.Settle();
  const All<boot::CrashRecord> rows = t.runtime.Read<boot::CrashRecord>();
  CHECK(rows.size() == CrashLog::kMost + 1);
  CHECK(rows.find("000001") == rows.end());
  CHECK(rows.find("000065") != rows.end());
  REQUIRE(rows.find("before-000001") != rows.end());
  CHECK(rows.find("before-000001")->spec().process() == "kernel");
}

}  // namespace ichor
