// Tables for a terminal.
#pragma once

#include <string>
#include <vector>

namespace ichor::ctl {

struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows{};  // each as long as `columns`
};

// Columns as wide as their widest value, three blanks between them, none at the end of a line.
std::string ToText(const Table& table);

}  // namespace ichor::ctl
