#include "lib/sys/fake_kernel_log.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <utility>

#include "lib/base/unique_fd.h"

namespace ichor::sys {

class FakeKernelLog::Reader : public KernelLogReader {
 public:
  Reader(FakeKernelLog& log, size_t position) : log_(log), position_(position) {
    log_.readers_.insert(this);
    Wake();
  }
  ~Reader() override { log_.readers_.erase(this); }

  absl::StatusOr<std::optional<std::string>> Next() override {
    if (position_ == log_.records_.size()) {
      std::uint64_t count = 0;
      static_cast<void>(read(fd_.get(), &count, sizeof count));
      return std::nullopt;
    }
    return log_.records_[position_++];
  }
  int fd() const override { return fd_.get(); }

  void Wake() const {
    const std::uint64_t one = 1;
    static_cast<void>(!write(fd_.get(), &one, sizeof one));
  }

 private:
  FakeKernelLog& log_;
  size_t position_;
  const base::UniqueFd fd_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
};

FakeKernelLog::FakeKernelLog() = default;
FakeKernelLog::~FakeKernelLog() = default;

absl::StatusOr<std::unique_ptr<KernelLogReader>> FakeKernelLog::Open(bool only_new) {
  return std::make_unique<Reader>(*this, only_new ? records_.size() : 0);
}

void FakeKernelLog::Add(std::string record) {
  records_.push_back(std::move(record));
  for (const Reader* reader : readers_) {
    reader->Wake();
  }
}

}  // namespace ichor::sys
