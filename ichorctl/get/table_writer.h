// A table that goes on: rows that are there together share their widths, later ones keep to them.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace ichor::ctl {

class TableWriter {
 public:
  // `out` must outlive it.
  explicit TableWriter(std::ostream& out) : out_(out) {}

  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  // Writes the rows that were added since the last time.
  void Flush();

 private:
  std::ostream& out_;
  std::vector<size_t> widths_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace ichor::ctl
