// Random configs and patches, for tests.
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "lib/config/description.h"

namespace ichor::config {

// Writes documents that decode strictly, in flow style. The same seed gives the same texts. Names,
// keys and values come from small sets, so that configs and patches meet. Makes no sense as a
// machine: it is for what works on any config.
class RandomConfig {
 public:
  explicit RandomConfig(std::uint32_t seed) : random_(seed) {}

  // Up to three documents.
  std::string Config();

  // A piece of such a config, in which `$patch: delete` may stand.
  std::string Patch();

 private:
  std::string Documents(bool patch);
  std::string Document(const Kind& kind, bool patch);
  std::string Mapping(const Shape& shape, int depth);
  std::string Value(const Field& field, int depth);
  std::string Item(const Field& field, int depth);
  std::string Text(const Field& field);
  std::string Integer(const Field& field);
  std::string Free(int depth);
  std::uint32_t Below(std::uint32_t limit) { return random_() % limit; }
  bool Chance(std::uint32_t percent) { return Below(100) < percent; }

  std::mt19937 random_;
  bool patch_ = false;
};

}  // namespace ichor::config
