#include "machined/init/crash_records.h"

#include <memory>
#include <string>

#include "catch2/catch_test_macros.hpp"

namespace ichor::init {

TEST_CASE("init crashes: a record has the end of the log, and the newest sixteen stay") {
  const auto entry = std::make_unique<Entry>();
  SetText(entry->id, "apid");
  const auto records = std::make_unique<CrashRecords>();
  CHECK(records->First() == 1);
  CHECK(records->Find(1) == nullptr);
  for (int i = 1; i <= 20; ++i) {
    const std::string line = "panic " + std::to_string(i) + "\n";
    entry->log.Append(std::as_bytes(std::span(line)));
    entry->wait_status = 11;
    entry->last_pid = 100 + i;
    records->Add(*entry);
  }
  CHECK(records->First() == 5);
  CHECK(records->Find(4) == nullptr);
  CHECK(records->Find(21) == nullptr);
  const CrashRecord* record = records->Find(20);
  REQUIRE(record != nullptr);
  const auto message = record->Message();
  REQUIRE(TypeOf(message) == Type::kCrash);
  CHECK(Fixed<Crash>(message).pid == 120);
  CHECK(Fixed<Crash>(message).number == 20);
  const auto tail = Tail(message);
  CHECK(std::string(reinterpret_cast<const char*>(tail.data()), tail.size())
            .ends_with("panic 19\npanic 20\n"));
}

}  // namespace ichor::init
