#include "machined/containers/image_archive.h"

#include <format>
#include <utility>

#include "containerd/transfer_types.pb.h"
#include "lib/base/status.h"
#include "machined/containers/transfers.h"

namespace ichor {
namespace {

namespace types = containerd::types::transfer;

constexpr const char* kUnnamed = "import";  // what images are called that have no name

types::ImageStore StoreForArchive() {
  types::ImageStore store = StoreForThisMachine();
  types::ImageReference& names = *store.add_extra_references();
  names.set_name(kUnnamed);
  names.set_is_prefix(true);
  names.set_allow_overwrite(true);
  names.set_add_digest(true);
  names.set_skip_named_digest(true);
  return store;
}

}  // namespace

template <class F>
auto ImageArchive::WhileAlive(F f) {
  return [alive = std::weak_ptr<bool>(alive_), f = std::move(f)](auto&&... arguments) {
    if (!alive.expired()) {
      f(std::forward<decltype(arguments)>(arguments)...);
    }
  };
}

// The connection must not end within its own callback: the loop lets it go.
ImageArchive::~ImageArchive() {
  loop_.Post([kept = std::shared_ptr<Containerd>(std::move(containerd_))] {});
}

void ImageArchive::Begin(absl::StatusOr<std::unique_ptr<Containerd>> containerd) {
  if (!containerd.ok()) {
    Answer(containerd.status());
    return;
  }
  containerd_ = *std::move(containerd);
  OpenStream(
      [this](const std::shared_ptr<SideStream>& stream) {
        progress_ = stream;
        BeginTransfer();
      },
      [this](const google::protobuf::Any& message) {
        types::Progress progress;
        if (progress.ParseFromString(message.value()) && progress.event() == "saved" &&
            name_.empty()) {
          name_ = progress.name();
        }
      },
      [this] {
        progress_over_ = true;
        AnswerIfDone();
      });
}

void ImageArchive::OpenStream(std::function<void(const std::shared_ptr<SideStream>&)> next,
                              std::function<void(const google::protobuf::Any&)> on_message,
                              std::function<void()> on_end) {
  SideStream::Open(
      *containerd_,
      {.on_ready =
           WhileAlive([this, next = std::move(next)](const std::shared_ptr<SideStream>& stream,
                                                     const absl::Status& status) {
             if (status.ok()) {
               next(stream);
             } else {
               Answer(status);
             }
           }),
       .on_message = WhileAlive(
           [on_message = std::move(on_message)](SideStream&, const google::protobuf::Any& message) {
             on_message(message);
           }),
       .on_end = WhileAlive(std::move(on_end))});
}

void ImageArchive::BeginTransfer() {
  OpenStream(
      [this](const std::shared_ptr<SideStream>& stream) {
        data_ = stream;
        types::ImageImportStream source;
        source.set_stream(stream->id());
        Transfer(*containerd_, source, StoreForArchive(), progress_->id(),
                 WhileAlive([this](const absl::StatusOr<bool>& transferred) {
                   if (!transferred.ok()) {
                     Answer(absl::Status(transferred.status().code(),
                                         std::format("the archive cannot be imported: {}",
                                                     base::MessageOf(transferred.status()))));
                     return;
                   }
                   transferred_ = true;
                   AnswerIfDone();
                 }));
        Send();
      },
      [this](const google::protobuf::Any& message) {
        types::WindowUpdate room;
        if (room.ParseFromString(message.value())) {
          window_ += room.update();
          Send();
        }
      },
      [] {});
}

void ImageArchive::Write(std::string bytes) {
  if (!bytes.empty()) {
    waiting_bytes_ += bytes.size();
    waiting_.push_back(std::move(bytes));
    Send();
  }
}

void ImageArchive::End() {
  ended_ = true;
  Send();
}

// A message may be larger than the window: containerd counts what is too much against the next one.
void ImageArchive::Send() {
  if (data_ == nullptr) {
    return;
  }
  const bool was_full = full();
  while (window_ > 0 && !waiting_.empty()) {
    window_ -= static_cast<std::int64_t>(waiting_.front().size());
    waiting_bytes_ -= waiting_.front().size();
    types::Data data;
    data.set_data(std::move(waiting_.front()));
    waiting_.pop_front();
    data_->Send(data);
  }
  if (ended_ && waiting_.empty()) {
    data_->CloseSending();
  }
  if (was_full && !full()) {
    listener_.on_room();
  }
}

// What containerd saved comes on another stream than that it is done: both must be over.
void ImageArchive::AnswerIfDone() {
  if (transferred_ && progress_over_) {
    Answer(name_.empty() ? absl::StatusOr<std::string>(
                               absl::InvalidArgumentError("there is no image in the archive"))
                         : name_);
  }
}

void ImageArchive::Answer(const absl::StatusOr<std::string>& answer) {
  if (Containerd::Done<std::string> done = std::exchange(listener_.on_done, nullptr);
      done != nullptr) {
    done(answer);
  }
}

}  // namespace ichor
