#include "machined/log/log_reader.h"

#include <format>
#include <utility>

namespace ichor::log {

absl::StatusOr<std::unique_ptr<LogReader>> LogReader::Create(LogStore& store, std::string_view id,
                                                             std::optional<size_t> tail_lines,
                                                             std::function<void()> on_ready) {
  if (!store.Has(id)) {
    return absl::NotFoundError(std::format("log \"{}\" was not registered", id));
  }
  LogStore::Log& log = store.Find(id);
  const std::uint64_t position =
      tail_lines.has_value() ? log.ring.Tail(*tail_lines) : log.ring.begin();
  return std::unique_ptr<LogReader>(new LogReader(log, position, std::move(on_ready)));
}

LogReader::LogReader(LogStore::Log& log, std::uint64_t position, std::function<void()> on_ready)
    : log_(log), position_(position), on_ready_(std::move(on_ready)) {
  log_.readers.push_back(this);
}

LogReader::~LogReader() {
  std::erase(log_.readers, this);
}

std::string LogReader::Next(size_t limit) {
  if (position_ < log_.ring.begin()) {
    const std::uint64_t lost = log_.ring.begin() - std::exchange(position_, log_.ring.begin());
    return std::format("{}[{} bytes were lost: the reader was too slow]\n",
                       std::exchange(in_line_, false) ? "\n" : "", lost);
  }
  const std::string_view bytes = log_.ring.Read(position_, limit);
  idle_ = bytes.empty();
  if (!idle_) {
    position_ += bytes.size();
    in_line_ = bytes.back() != '\n';
  }
  return std::string(bytes);
}

void LogReader::OnAppend() {
  if (idle_ && position_ != log_.ring.end()) {
    idle_ = false;
    on_ready_();
  }
}

}  // namespace ichor::log
