// Free-form objects, such as those of Kubernetes, stated as they read:
//
//   Object({{"kind", "Pod"}, {"spec", Object({{"hostNetwork", true}})}})
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "google/protobuf/struct.pb.h"

namespace ichor {

// A value of an object. Whole numbers stay exact below 2^53.
class Tree {
 public:
  // Conversions are the purpose.
  Tree(const char* text);                       // NOLINT(google-explicit-constructor)
  Tree(std::string text);                       // NOLINT(google-explicit-constructor)
  Tree(std::string_view text);                  // NOLINT(google-explicit-constructor)
  Tree(bool truth);                             // NOLINT(google-explicit-constructor)
  Tree(int number);                             // NOLINT(google-explicit-constructor)
  Tree(std::int64_t number);                    // NOLINT(google-explicit-constructor)
  Tree(google::protobuf::Struct object);        // NOLINT(google-explicit-constructor)
  Tree(google::protobuf::Value value);          // NOLINT(google-explicit-constructor)
  Tree(const std::vector<Tree>& items);         // NOLINT(google-explicit-constructor)
  Tree(const std::vector<std::string>& items);  // NOLINT(google-explicit-constructor)

  const google::protobuf::Value& value() const { return value_; }

 private:
  google::protobuf::Value value_;
};

// An object with these keys; the last value of a key counts.
google::protobuf::Struct Object(std::initializer_list<std::pair<std::string_view, Tree>> entries);

// A list.
Tree List(std::initializer_list<Tree> items);

// Sets a key, or replaces its value.
void Set(google::protobuf::Struct& object, std::string_view key, const Tree& value);

// The value at the end of a path of keys, which lives as long as `object`; null if a key is
// missing on the way, or leads through something else than an object.
const google::protobuf::Value* Find(const google::protobuf::Struct& object,
                                    std::initializer_list<std::string_view> path);

// The text there; empty if there is none.
std::string TextAt(const google::protobuf::Struct& object,
                   std::initializer_list<std::string_view> path);

}  // namespace ichor
