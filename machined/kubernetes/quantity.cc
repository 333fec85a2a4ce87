#include "machined/kubernetes/quantity.h"

#include <algorithm>
#include <array>
#include <utility>

#include "lib/yaml/number.h"

namespace ichor {
namespace {

constexpr std::array<std::pair<std::string_view, double>, 13> kUnits = {
    {{"", 1},
     {"k", 1e3},
     {"M", 1e6},
     {"G", 1e9},
     {"T", 1e12},
     {"P", 1e15},
     {"E", 1e18},
     {"Ki", 1024.0},
     {"Mi", 1048576.0},
     {"Gi", 1073741824.0},
     {"Ti", 1099511627776.0},
     {"Pi", 1125899906842624.0},
     {"Ei", 1152921504606846976.0}}};

template <class Map>
void TakeQuantities(const google::protobuf::Struct& from, Map& quantities) {
  for (const auto& [name, value] : from.fields()) {
    quantities[name] =
        value.has_number_value() ? yml::FormatNumber(value.number_value()) : value.string_value();
  }
}

}  // namespace

std::optional<std::uint64_t> BytesOfQuantity(std::string_view text) {
  const size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto unit =
      std::ranges::find(kUnits, text.substr(end), &decltype(kUnits)::value_type::first);
  const std::optional<double> number = yml::ParseFloat(text.substr(0, end));
  if (unit == kUnits.end() || !number.has_value()) {
    return std::nullopt;
  }
  constexpr double kLimit = 18446744073709551616.0;
  const double bytes = *number * unit->second;
  return bytes < kLimit ? std::optional(static_cast<std::uint64_t>(bytes)) : std::nullopt;
}

void TakeResources(const config::v1alpha1::Resources& from,
                   talos::resource::definitions::k8s::Resources& resources) {
  TakeQuantities(from.requests(), *resources.mutable_requests());
  TakeQuantities(from.limits(), *resources.mutable_limits());
}

}  // namespace ichor
