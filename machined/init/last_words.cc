#include "machined/init/last_words.h"

namespace ichor::init {
namespace {

// The last line that has something, without its end.
std::string_view LastLine(std::string_view log) {
  constexpr std::size_t kLongest = 200;
  log = early::Trim(log);
  const auto before = log.rfind('\n');
  return early::Part(log, before == log.npos ? 0 : before + 1, kLongest);
}

}  // namespace

CrashLine DescribeCrash(const CrashRecord& record) {
  using early::Decimal;
  const std::size_t bytes = record.fixed.header.size - sizeof(Crash);
  const std::string_view log(reinterpret_cast<const char*>(record.log.data()), bytes);
  return {"crash record ",
          Decimal(static_cast<std::int64_t>(record.fixed.number)),
          " at ",
          Decimal(record.fixed.time.realtime_ns),
          ": ",
          Text(record.fixed.id),
          ", process ",
          Decimal(record.fixed.pid),
          ", status ",
          Decimal(record.fixed.wait_status),
          ": ",
          LastLine(log)};
}

}  // namespace ichor::init
