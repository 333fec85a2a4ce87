#include "machined/init/last_words.h"

#include <memory>
#include <string>

#include "catch2/catch_test_macros.hpp"

namespace ichor::init {
namespace {

std::string LineOf(const std::string& log) {
  const auto entry = std::make_unique<Entry>();
  SetText(entry->id, "apid");
  entry->log.Append(std::as_bytes(std::span(log)));
  entry->last_pid = 175;
  entry->wait_status = 139;
  entry->ended.realtime_ns = 1'732'204'800'123'456'789;
  const auto records = std::make_unique<CrashRecords>();
  records->Add(*entry);
  return std::string(DescribeCrash(*records->Find(1)).view());
}

}  // namespace

TEST_CASE("init last words: a crash is one line, with the last that was written") {
  CHECK(LineOf("first\nlast\n\n") ==
        "crash record 1 at 1732204800123456789: apid, process 175, status 139: last");
  CHECK(LineOf("").ends_with("status 139: "));
  CHECK(LineOf(std::string(1000, 'x')).ends_with("status 139: " + std::string(200, 'x')));
}

}  // namespace ichor::init
