#include "lib/dashboard/board.h"

#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "lib/base/status.h"

namespace ichor::dashboard {
namespace {

constexpr std::chrono::seconds kBetweenDrawings{1};
constexpr std::chrono::seconds kRetry{2};

}  // namespace

Board::Board(Loop& loop, const base::Clock& clock, Options options)
    : loop_(loop),
      clock_(clock),
      options_(std::move(options)),
      models_(options_.nodes.size()),
      retries_(options_.nodes.size()) {
  view_.on_console = !options_.can_quit;
  feeds_.reserve(models_.size());
  for (size_t i = 0; i < models_.size(); ++i) {
    models_[i].name = options_.nodes[i].name;
    Feed::Options feed{.metadata = options_.nodes[i].metadata,
                       .interval = options_.interval,
                       .on_console = !options_.can_quit,
                       .on_unavailable = [this, i] { RetryLater(i); }};
    feeds_.push_back(
        std::make_unique<Feed>(loop_, clock_, models_[i], std::move(feed), [this] { OnChange(); }));
  }
  OnChange();
}

Board::~Board() {
  feeds_.clear();
}

void Board::Use(std::unique_ptr<rpc::Client> client) {
  // The old one ends last: its calls are for nobody then.
  const std::unique_ptr<rpc::Client> old = std::exchange(client_, std::move(client));
  for (const std::unique_ptr<Feed>& feed : feeds_) {
    feed->Begin(*client_);
  }
}

void Board::UseNone(const std::string& why) {
  for (const std::unique_ptr<Feed>& feed : feeds_) {
    feed->Stop(why);
  }
  RetryLater(0);
}

// A connection that is gone is for its owner to replace, a node behind it for its feed.
void Board::RetryLater(size_t node) {
  if (retries_[node]) {
    return;
  }
  retries_[node] = true;
  OnChange();
  const std::weak_ptr<Board*> weak = self_;
  loop_.RunAt(clock_.Monotonic() + kRetry, [this, weak, node] {
    if (weak.expired()) {
      return;
    }
    retries_[node] = false;
    if (needs_client()) {
      loop_.Stop();
    } else {
      feeds_[node]->Begin(*client_);
    }
  });
}

void Board::OnChange() {
  if (view_.paused || std::exchange(draw_scheduled_, true)) {
    return;
  }
  const std::weak_ptr<Board*> weak = self_;
  loop_.RunAt(std::max(clock_.Monotonic(), next_draw_), [this, weak] {
    if (!weak.expired()) {
      draw_scheduled_ = false;
      Draw();
    }
  });
}

void Board::Draw() {
  next_draw_ = clock_.Monotonic() + kBetweenDrawings;
  if (view_.page == Page::kNetwork && !HasNetworkPage(view_, models_)) {
    view_.page = Page::kSummary;  // the node has its config now
  }
  std::vector<std::string> lines = Lines(models_, view_, options_.paper(), clock_.Now());
  if (lines != drawn_) {
    options_.write(DrawingOf(lines));
    drawn_ = std::move(lines);
  }
}

void Board::OnBytes(std::string_view bytes) {
  for (const char& byte : bytes) {  // a key may lead to a page where the next one means another
    const std::string_view one(&byte, 1);
    if (view_.page != Page::kNetwork) {
      for (const Key key : keys_.Read(one)) {
        LookAt(After(view_, key, models_));
      }
      continue;
    }
    for (const Stroke& stroke : keys_.ReadTyped(one)) {
      Type(stroke);
    }
  }
}

// Into the form.
void Board::Type(const Stroke& stroke) {
  if (stroke.key <= Key::kF4) {
    LookAt(After(view_, stroke.key, models_));
    return;
  }
  if (stroke.key == Key::kEnter && view_.form.at == NetworkForm::kSave) {
    SaveForm();
  } else {
    view_.form = dashboard::After(view_.form, stroke, models_[view_.node]);
  }
  Draw();
}

void Board::SaveForm() {
  constexpr std::uint32_t kMetalNetworkKey = 0x0a;
  const absl::StatusOr<std::string> text = PlatformConfigOf(view_.form, models_[view_.node]);
  if (!text.ok()) {
    view_.form.failed = true;
    view_.form.outcome = base::MessageOf(text.status());
    return;
  }
  view_.form.failed = false;
  view_.form.outcome = "saving";
  feeds_[view_.node]->WriteMeta(kMetalNetworkKey, *text, [this](const absl::Status& written) {
    view_.form.failed = !written.ok();
    view_.form.outcome =
        written.ok() ? "saved; the network follows" : std::string(base::MessageOf(written));
    OnChange();
  });
}

void Board::LookAt(const View& view) {
  view_ = view;
  if (view_.over) {
    loop_.Stop();
    return;
  }
  for (size_t i = 0; i < feeds_.size(); ++i) {
    feeds_[i]->WantFigures(i == view_.node && view_.page == Page::kMonitor);
  }
  if (view_.page == Page::kLogs) {
    feeds_[view_.node]->FollowLog(view_.log);
  }
  Draw();
}

}  // namespace ichor::dashboard
