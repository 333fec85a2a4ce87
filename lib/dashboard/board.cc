#include "lib/dashboard/board.h"

#include <utility>

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
  feeds_.reserve(models_.size());
  for (size_t i = 0; i < models_.size(); ++i) {
    models_[i].name = options_.nodes[i].name;
    Feed::Options feed{.metadata = options_.nodes[i].metadata,
                       .interval = options_.interval,
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
  std::vector<std::string> lines = Lines(models_, view_, options_.paper(), clock_.Now());
  if (lines != drawn_) {
    options_.write(DrawingOf(lines));
    drawn_ = std::move(lines);
  }
}

void Board::OnBytes(std::string_view bytes) {
  for (const Key key : keys_.Read(bytes)) {
    LookAt(After(view_, key, models_, options_.can_quit));
  }
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
