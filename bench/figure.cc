#include "bench/figure.h"

#include <algorithm>
#include <cmath>
#include <format>
#include <string_view>

namespace ichor::bench {
namespace {

std::string_view ToString(Better better) {
  return better == Better::kHigher ? "higher" : "lower";
}

// Four digits that say something, without an exponent.
std::string Shown(double value) {
  const int digits = value > 0 ? 3 - static_cast<int>(std::floor(std::log10(value))) : 0;
  return std::format("{:.{}f}", value, std::clamp(digits, 0, 6));
}

}  // namespace

double BestOf(const Figure& figure) {
  return figure.better == Better::kHigher ? std::ranges::max(figure.samples)
                                          : std::ranges::min(figure.samples);
}

double MedianOf(const Figure& figure) {
  std::vector<double> samples = figure.samples;
  const auto middle = samples.begin() + std::ssize(samples) / 2;
  std::ranges::nth_element(samples, middle);
  return *middle;
}

bool WithinLimit(const Figure& figure) {
  const double best = BestOf(figure);
  return figure.better == Better::kHigher ? best >= figure.limit : best <= figure.limit;
}

std::string Table(const std::vector<Figure>& figures) {
  const auto line = [](auto&&... cells) {
    return std::format("{:<66} {:>11} {:>11} {:>11} {:<6} {}\n", cells...);
  };
  std::string table = line("processor time of one thread", "best", "median", "limit", "unit", "");
  for (const Figure& figure : figures) {
    table += line(figure.name, Shown(BestOf(figure)), Shown(MedianOf(figure)), Shown(figure.limit),
                  figure.unit, WithinLimit(figure) ? "ok" : "MISSED");
  }
  return table;
}

std::string Json(const std::vector<Figure>& figures) {
  std::string json;
  for (const Figure& figure : figures) {
    json += std::format(
        R"({}  {{"name": "{}", "value": {}, "unit": "{}", "limit": {}, "better": "{}"}})",
        json.empty() ? "[\n" : ",\n", figure.name, BestOf(figure), figure.unit, figure.limit,
        ToString(figure.better));
  }
  return json + "\n]\n";
}

}  // namespace ichor::bench
