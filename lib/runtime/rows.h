// What controllers see and say: All<T> is every resource of a type, Desired<T> and Report<T> every
// row that shall be. T is a resource type's tag, such as ichor::network::HostnameStatus, generated
// from its message.
#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "lib/resource/resource.h"

namespace ichor {

// One resource in a snapshot; valid while the All<T> that it came from lives.
template <class T>
class Row {
 public:
  explicit Row(const Resource& resource) : resource_(&resource) {}

  const std::string& id() const { return resource_->metadata.id; }
  const Metadata& metadata() const { return resource_->metadata; }
  const typename T::Spec& spec() const {
    return static_cast<const typename T::Spec&>(*resource_->spec->message());
  }
  const Row* operator->() const { return this; }  // lets an iterator's arrow reach the row

 private:
  const Resource* resource_;
};

// All resources of a type at one moment, sorted by id, without those that are being torn down.
// Cheap to copy.
template <class T>
class All {
 public:
  class Iterator {
   public:
    using iterator_concept = std::random_access_iterator_tag;
    using iterator_category = std::input_iterator_tag;
    using value_type = Row<T>;
    using difference_type = std::ptrdiff_t;
    using reference = Row<T>;

    Iterator() = default;
    explicit Iterator(const ResourcePtr* position) : position_(position) {}

    Row<T> operator*() const { return Row<T>(**position_); }
    Row<T> operator->() const { return **this; }
    Row<T> operator[](difference_type n) const { return *(*this + n); }
    Iterator& operator++() { return *this += 1; }
    Iterator operator++(int) { return std::exchange(*this, *this + 1); }
    Iterator& operator--() { return *this -= 1; }
    Iterator operator--(int) { return std::exchange(*this, *this - 1); }
    Iterator& operator+=(difference_type n) {
      position_ += n;
      return *this;
    }
    Iterator& operator-=(difference_type n) {
      position_ -= n;
      return *this;
    }
    friend Iterator operator+(Iterator it, difference_type n) { return it += n; }
    friend Iterator operator+(difference_type n, Iterator it) { return it += n; }
    friend Iterator operator-(Iterator it, difference_type n) { return it -= n; }
    friend difference_type operator-(Iterator a, Iterator b) { return a.position_ - b.position_; }
    friend auto operator<=>(const Iterator&, const Iterator&) = default;

   private:
    const ResourcePtr* position_ = nullptr;
  };

  // `snapshot` holds resources of T with typed specs.
  explicit All(Snapshot snapshot) : snapshot_(std::move(snapshot)) {}

  Iterator begin() const { return Iterator(snapshot_->data()); }
  Iterator end() const { return Iterator(snapshot_->data() + snapshot_->size()); }
  size_t size() const { return snapshot_->size(); }
  bool empty() const { return snapshot_->empty(); }
  Row<T> front() const { return *begin(); }
  Row<T> operator[](size_t index) const { return Row<T>(*(*snapshot_)[index]); }

  // The row with this id, or end().
  Iterator find(std::string_view id) const {
    const auto id_of = [](const ResourcePtr& resource) -> std::string_view {
      return resource->metadata.id;
    };
    const auto found = std::ranges::lower_bound(*snapshot_, id, {}, id_of);
    return found != snapshot_->end() && id_of(*found) == id ? Iterator(&*found) : end();
  }

 private:
  Snapshot snapshot_;
};

// A row that shall be, of any type.
struct DesiredRow {
  std::string id;
  SpecPtr spec;
  Labels labels;
  Labels annotations;
};

// Sorted by id, each id once, when a controller's answer has been checked.
using Rows = std::vector<DesiredRow>;

// Sorts `rows` by id. InvalidArgument names an id that is there twice.
absl::Status SortRows(Rows& rows);

// The complete output of a source or reconciler for one type: a row not stated again is deleted.
template <class T>
class Desired {
 public:
  using Spec = typename T::Spec;
  using Tag = T;

  Desired() = default;
  Desired(std::initializer_list<std::pair<std::string, Spec>> rows) {
    for (const auto& [id, spec] : rows) {
      Add(id, spec);
    }
  }

  // States a row. The same id twice is an error of the whole answer.
  DesiredRow& Add(std::string id, Spec spec) {
    return rows_.emplace_back(std::move(id),
                              SpecData::Of(std::make_unique<const Spec>(std::move(spec))), Labels(),
                              Labels());
  }

  // For the runtime.
  Rows Take() && { return std::move(rows_); }

 private:
  Rows rows_;
};

// An actuator's answer: one row per desired row, saying what was made of it. A failed row stops
// neither the others nor the type; it makes the runtime try again later.
template <class T>
class Report {
 public:
  using Spec = typename T::Spec;
  using Tag = T;

  void Add(std::string id, Spec spec) { rows_.Add(std::move(id), std::move(spec)); }

  // States the row of something that failed with `error`, which `spec` also says in its own way.
  void AddFailed(std::string id, Spec spec, const absl::Status& error) {
    ++failures_;
    if (first_error_.ok()) {
      first_error_ = absl::Status(error.code(), id + ": " + std::string(error.message()));
    }
    Add(std::move(id), std::move(spec));
  }

  // OK, or the first failure and how many there are.
  absl::Status status() const {
    if (failures_ <= 1) {
      return first_error_;
    }
    return {first_error_.code(), std::string(first_error_.message()) + " (and " +
                                     std::to_string(failures_ - 1) + " more)"};
  }

  // For the runtime.
  Rows Take() && { return std::move(rows_).Take(); }

 private:
  Desired<T> rows_;
  absl::Status first_error_;
  size_t failures_ = 0;
};

}  // namespace ichor
