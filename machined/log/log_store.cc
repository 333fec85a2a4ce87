#include "machined/log/log_store.h"

#include <algorithm>

#include "machined/log/log_reader.h"

namespace ichor::log {

void LogStore::Declare(std::string_view id) {
  Find(id);
}

void LogStore::Append(std::string_view id, std::string_view bytes) {
  Log& log = Find(id);
  log.ring.Append(bytes);
  ShrinkTotal();
  Tell(log);
}

void LogStore::EndLine(std::string_view id) {
  const auto found = logs_.find(id);
  if (found != logs_.end()) {
    found->second->ring.EndLine();
    Tell(*found->second);
  }
}

std::vector<std::string> LogStore::Ids() const {
  std::vector<std::string> ids;
  ids.reserve(logs_.size());
  for (const auto& [id, log] : logs_) {
    ids.push_back(id);
  }
  return ids;
}

size_t LogStore::size() const {
  size_t bytes = 0;
  for (const auto& [id, log] : logs_) {
    bytes += log->ring.size();
  }
  return bytes;
}

LogStore::Log& LogStore::Find(std::string_view id) {
  const auto found = logs_.find(id);
  if (found != logs_.end()) {
    return *found->second;
  }
  return *logs_.emplace(id, std::make_unique<Log>(options_.log_bytes)).first->second;
}

void LogStore::ShrinkTotal() {
  if (size() <= options_.total_bytes) {
    return;
  }
  const auto largest = std::ranges::max_element(
      logs_, {}, [](const auto& entry) { return entry.second->ring.size(); });
  Ring& ring = largest->second->ring;
  ring.Shrink(ring.size() / 2);
}

void LogStore::Tell(const Log& log) {
  for (LogReader* reader : log.readers) {
    reader->OnAppend();
  }
}

}  // namespace ichor::log
