#include "ichorctl/get/table_writer.h"

#include <algorithm>
#include <ostream>

namespace ichor::ctl {

void TableWriter::Flush() {
  constexpr size_t kGap = 3;
  for (const std::vector<std::string>& row : rows_) {
    widths_.resize(std::max(widths_.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) {
      widths_[i] = std::max(widths_[i], row[i].size());
    }
  }
  for (const std::vector<std::string>& row : rows_) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      line.append(widths_[i] - row[i].size() + kGap, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out_ << line << '\n';
  }
  rows_.clear();
  out_ << std::flush;
}

}  // namespace ichor::ctl
