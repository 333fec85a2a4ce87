#include "bench/store_bench.h"

#include <algorithm>
#include <cstdint>
#include <format>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/log/check.h"
#include "bench/small_resources.h"
#include "lib/base/clock.h"
#include "lib/runtime/store.h"

namespace ichor::bench {
namespace {

constexpr size_t kListedRows = 10'000;

// In which order rows are updated and read.
enum class Order : std::uint8_t { kOfCreation, kRandom };

// A store and the ids that it has rows of, or will have.
class Subject {
 public:
  Subject(size_t rows, Order order)
      : ids_(Shuffled(Ids(rows), 1)), later_(order == Order::kRandom ? Shuffled(ids_, 2) : ids_) {}

  // Each makes one pass over all rows. Making the draft and its spec counts: a caller has to.
  void CreateAll() {
    for (const std::string& id : ids_) {
      CHECK(store_.Create(SmallDraft(kind_, id), "bench").ok());
    }
  }

  void GetAll() const {
    for (const std::string& id : later_) {
      CHECK(store_.Get(kind_->ns, kind_->type, id) != nullptr);
    }
  }

  void UpdateAll() {
    for (const std::string& id : later_) {
      UpdateOne(id);
    }
  }

  // Reads a row and replaces it by one with another spec.
  void UpdateOne(const std::string& id) {
    Resource draft = *store_.Get(kind_->ns, kind_->type, id);
    draft.spec = SpecData::Opaque(std::string(kSpecBytes, 'u'), "");
    CHECK(store_.Update(std::move(draft), "bench", std::nullopt).ok());
  }

  void List() { CHECK(store_.List(kind_->ns, kind_->type)->size() == ids_.size()); }

  const std::vector<std::string>& ids() const { return ids_; }

 private:
  const base::RealClock clock_;
  Store store_{clock_};
  const std::shared_ptr<const Kind> kind_ = SmallKind();
  const std::vector<std::string> ids_;
  const std::vector<std::string> later_;  // the same
};

Figure Rate(std::string_view verb, size_t rows, Order order, double limit) {
  const std::string_view where = order == Order::kRandom ? ", in random order" : "";
  return {.name = std::format("{}, {} rows{}", verb, rows, where),
          .unit = "1/s",
          .limit = limit,
          .better = Better::kHigher,
          .samples = {}};
}

std::vector<Figure> MeasureRates(size_t rows, Order order, int rounds) {
  std::vector<Figure> figures{Rate("create", rows, order, 1'800'000),
                              Rate("update", rows, order, 1'800'000),
                              Rate("get", rows, order, 8'000'000)};
  const auto count = static_cast<double>(rows);
  for (int round = 0; round < rounds; ++round) {
    Subject subject(rows, order);
    figures[0].samples.push_back(count / SecondsOf([&] { subject.CreateAll(); }));
    figures[1].samples.push_back(count / SecondsOf([&] { subject.UpdateAll(); }));
    figures[2].samples.push_back(count / SecondsOf([&] { subject.GetAll(); }));
  }
  return figures;
}

std::vector<Figure> MeasureLists(int rounds) {
  constexpr double kLimit = 0.3;
  constexpr int kRepeats = 1000;  // of what is too short to be measured once
  Figure unchanged{.name = "list of 10,000, unchanged since the last",
                   .unit = "ms",
                   .limit = kLimit,
                   .better = Better::kLower,
                   .samples = {}};
  Figure changed{.name = "list of 10,000, after one change",
                 .unit = "ms",
                 .limit = kLimit,
                 .better = Better::kLower,
                 .samples = {}};
  Subject subject(kListedRows, Order::kOfCreation);
  subject.CreateAll();
  subject.List();
  for (int round = 0; round < rounds; ++round) {
    subject.UpdateOne(subject.ids()[static_cast<size_t>(round) % kListedRows]);
    changed.samples.push_back(1e3 * SecondsOf([&] { subject.List(); }));
    unchanged.samples.push_back(1e3 / kRepeats * SecondsOf([&] {
                                  for (int i = 0; i < kRepeats; ++i) {
                                    subject.List();
                                  }
                                }));
  }
  return {std::move(unchanged), std::move(changed)};
}

}  // namespace

std::vector<Figure> MeasureStore(int rounds) {
  std::vector<Figure> figures;
  for (std::vector<Figure> some :
       {MeasureRates(10'000, Order::kOfCreation, 4 * rounds),
        MeasureRates(10'000, Order::kRandom, 4 * rounds),
        MeasureRates(100'000, Order::kRandom, rounds), MeasureLists(10 * rounds)}) {
    std::ranges::move(some, std::back_inserter(figures));
  }
  return figures;
}

}  // namespace ichor::bench
