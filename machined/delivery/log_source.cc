#include "machined/delivery/log_source.h"

#include <sys/epoll.h>

#include <utility>

#include "lib/base/log.h"
#include "lib/base/status.h"

namespace ichor {
namespace {

constexpr size_t kLongestLine = 16 << 10;  // bytes
constexpr size_t kPieceBytes = 4 << 10;

}  // namespace

ServiceLogs::ServiceLogs(log::LogStore& store, Loop& loop, const base::Clock& clock, LogTags tags,
                         std::function<void()> on_ready)
    : store_(store),
      loop_(loop),
      clock_(clock),
      tags_(std::move(tags)),
      on_ready_(std::move(on_ready)) {
  AddReaders();
}

void ServiceLogs::AddReaders() {
  for (const std::string& id : store_.Ids()) {
    if (logs_.contains(id)) {
      continue;
    }
    auto reader = log::LogReader::Create(store_, id, std::nullopt, [this] { Wake(); });
    if (reader.ok()) {
      logs_[id].reader = *std::move(reader);
    }
  }
}

void ServiceLogs::OnNewLog() {
  AddReaders();
  Wake();
}

// A reader's call must not read.
void ServiceLogs::Wake() {
  if (std::exchange(woken_, true)) {
    return;
  }
  loop_.Post([weak = std::weak_ptr(self_)] {
    if (const auto self = weak.lock()) {
      (*self)->woken_ = false;
      (*self)->on_ready_();
    }
  });
}

std::optional<std::string> ServiceLogs::Next() {
  for (auto& [id, log] : logs_) {
    if (const std::optional<std::string> line = TakeLine(log)) {
      return ServiceRecord(id, *line, clock_.Now(), tags_);
    }
  }
  return std::nullopt;
}

std::optional<std::string> ServiceLogs::TakeLine(Log& log) {
  while (true) {
    const size_t end = log.bytes.find('\n');
    if (end == std::string::npos && log.bytes.size() < kLongestLine) {
      const std::string more = log.reader->Next(kPieceBytes);
      if (more.empty()) {
        return std::nullopt;
      }
      log.bytes += more;
      continue;
    }
    std::string line = log.bytes.substr(0, end);
    log.bytes.erase(0, end == std::string::npos ? end : end + 1);
    if (!std::exchange(log.dropping, end == std::string::npos)) {
      return line;
    }
  }
}

absl::StatusOr<std::unique_ptr<KernelLogs>> KernelLogs::Create(sys::KernelLog& log, Loop& loop,
                                                               base::WallTime boot,
                                                               std::function<void()> on_ready) {
  ASSIGN_OR_RETURN(std::unique_ptr<sys::KernelLogReader> reader, log.Open(false));
  const int fd = reader->fd();
  std::unique_ptr<KernelLogs> source(new KernelLogs(std::move(reader), loop, boot));
  RETURN_IF_ERROR(loop.poller().Add(
      fd, 0, [&loop, fd, on_ready = std::move(on_ready)](std::uint32_t /*ready*/) {
        loop.poller().Modify(fd, 0);
        on_ready();
      }));
  return source;
}

KernelLogs::~KernelLogs() {
  loop_.poller().Remove(reader_->fd());
}

std::optional<std::string> KernelLogs::Next() {
  while (true) {
    const absl::StatusOr<std::optional<std::string>> next = reader_->Next();
    if (!next.ok()) {  // there is nothing to wait for
      base::Log(base::Severity::kError, "kernel log: {}", base::MessageOf(next.status()));
      return std::nullopt;
    }
    const std::optional<std::string>& record = *next;
    if (!record.has_value()) {
      loop_.poller().Modify(reader_->fd(), EPOLLIN);
      return std::nullopt;
    }
    const absl::StatusOr<log::KmsgRecord> parsed = log::ParseKmsg(*record);
    if (parsed.ok()) {
      return KernelRecord(*parsed, boot_, {});
    }
  }
}

}  // namespace ichor
