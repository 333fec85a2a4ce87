#include "ichorctl/files/table.h"

#include <algorithm>

namespace ichor::ctl {
namespace {

void AppendRow(const std::vector<std::string>& row, const std::vector<size_t>& widths,
               std::string& out) {
  constexpr size_t kGap = 3;
  std::string line;
  for (size_t i = 0; i < row.size(); ++i) {
    line += row[i];
    line.append(widths[i] - row[i].size() + kGap, ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  out += line + '\n';
}

}  // namespace

std::string ToText(const Table& table) {
  std::vector<size_t> widths;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    size_t width = table.columns[i].size();
    for (const std::vector<std::string>& row : table.rows) {
      width = std::max(width, row[i].size());
    }
    widths.push_back(width);
  }
  std::string out;
  AppendRow(table.columns, widths, out);
  for (const std::vector<std::string>& row : table.rows) {
    AppendRow(row, widths, out);
  }
  return out;
}

}  // namespace ichor::ctl
