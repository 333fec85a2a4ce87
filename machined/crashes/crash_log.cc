#include "machined/crashes/crash_log.h"

#include <format>
#include <utility>

namespace ichor {

using boot::CrashRecord;

CrashLog::CrashLog(Runtime& runtime) : runtime_(runtime) {
  Publish();
}

void CrashLog::Add(std::uint64_t number, CrashRecord::Spec record) {
  records_[number] = std::move(record);
  if (records_.size() > kMost) {
    records_.erase(records_.begin());
  }
  Publish();
}

void CrashLog::SetEarlier(std::vector<CrashRecord::Spec> records) {
  earlier_ = std::move(records);
  Publish();
}

void CrashLog::Publish() {
  Desired<CrashRecord> rows;
  for (const auto& [number, record] : records_) {
    rows.Add(std::format("{:06}", number), record);
  }
  for (std::size_t i = 0; i < earlier_.size(); ++i) {
    rows.Add(std::format("before-{:06}", i + 1), earlier_[i]);
  }
  runtime_.Publish(kSource, std::move(rows));
}

}  // namespace ichor
