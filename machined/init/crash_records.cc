#include "machined/init/crash_records.h"

namespace ichor::init {

std::span<const std::byte> CrashRecord::Message() const {
  return std::as_bytes(std::span(this, 1)).first(fixed.header.size);
}

void CrashRecords::Add(const Entry& entry) {
  CrashRecord& record = records_[count_ % records_.size()];
  ++count_;
  record.fixed = Make<Crash>(Type::kCrash);
  record.fixed.id = entry.id;
  record.fixed.pid = entry.last_pid;
  record.fixed.wait_status = entry.wait_status;
  record.fixed.number = count_;
  record.fixed.time = entry.ended;
  record.fixed.header.size += static_cast<std::uint32_t>(entry.log.Last(record.log));
}

const CrashRecord* CrashRecords::Find(std::uint64_t number) const {
  if (number < First() || number > count_) return nullptr;
  return &records_[(number - 1) % records_.size()];
}

std::uint64_t CrashRecords::First() const {
  return count_ > records_.size() ? count_ - records_.size() + 1 : 1;
}

}  // namespace ichor::init
