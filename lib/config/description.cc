#include "lib/config/description.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <memory>

#include "config/block.pb.h"
#include "config/container.pb.h"
#include "config/cri.pb.h"
#include "config/discovery.pb.h"
#include "config/kubernetes.pb.h"
#include "config/legacy.pb.h"
#include "config/link.pb.h"
#include "config/network.pb.h"
#include "config/runtime.pb.h"
#include "config/security.pb.h"
#include "config/storage.pb.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/struct.pb.h"
#include "lib/base/edit_distance.h"
#include "lib/config/yaml.h"

namespace ichor::config {
namespace {

namespace pb = google::protobuf;
using pb::FieldDescriptor;

// One message of every file that has documents.
std::array<const pb::Descriptor*, 11> Files() {
  return {
      v1alpha1::VolumeConfig::descriptor(),         v1alpha1::ContainerConfig::descriptor(),
      v1alpha1::RegistryMirrorConfig::descriptor(), v1alpha1::DiscoveryIdentityConfig::descriptor(),
      v1alpha1::KubeletConfig::descriptor(),        v1alpha1::LegacyConfig::descriptor(),
      v1alpha1::LinkConfig::descriptor(),           v1alpha1::HostnameConfig::descriptor(),
      v1alpha1::SysctlConfig::descriptor(),         v1alpha1::TrustedRootsConfig::descriptor(),
      v1alpha1::RAIDArrayConfig::descriptor()};
}

// Makes shapes, each once: messages that several documents use share theirs.
class Catalogue {
 public:
  Catalogue() {
    for (const pb::Descriptor* type : Files()) {
      AddKinds(*type->file());
    }
    std::ranges::sort(kinds_, {}, &Kind::name);
  }

  std::span<const Kind> kinds() const { return kinds_; }

 private:
  void AddKinds(const pb::FileDescriptor& file) {
    for (int i = 0; i < file.message_type_count(); ++i) {
      const pb::Descriptor* type = file.message_type(i);
      if (!type->options().HasExtension(::ichor::document)) continue;
      const DocumentOption& option = type->options().GetExtension(::ichor::document);
      kinds_.push_back({.name = option.kind(), .option = &option, .shape = ShapeOf(*type)});
    }
  }

  const Shape* ShapeOf(const pb::Descriptor& type) {
    std::unique_ptr<Shape>& shape = shapes_[&type];
    if (shape != nullptr) return shape.get();
    shape = std::make_unique<Shape>(Shape{.type = &type});
    Shape* made = shape.get();  // `shape` moves when nested ones are made
    for (int i = 0; i < type.field_count(); ++i) {
      made->fields.push_back(FieldOf(*type.field(i)));
    }
    return made;
  }

  Field FieldOf(const FieldDescriptor& descriptor) {
    const ConfigField& option = descriptor.options().GetExtension(::ichor::field);
    const FieldDescriptor& value =
        descriptor.is_map() ? *descriptor.message_type()->map_value() : descriptor;
    Field field{.key = option.key().empty() ? descriptor.json_name() : option.key(),
                .type = TypeOf(value),
                .list = descriptor.is_repeated() && !descriptor.is_map(),
                .map = descriptor.is_map(),
                .descriptor = &descriptor,
                .option = &option};
    if (field.type == ValueType::kMessage) field.shape = ShapeOf(*value.message_type());
    return field;
  }

  static ValueType TypeOf(const FieldDescriptor& value) {
    switch (value.cpp_type()) {
      case FieldDescriptor::CPPTYPE_BOOL:
        return ValueType::kBool;
      case FieldDescriptor::CPPTYPE_STRING:
        return value.type() == FieldDescriptor::TYPE_BYTES ? ValueType::kBytes : ValueType::kString;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        break;
      default:
        return ValueType::kInteger;
    }
    const pb::Descriptor* type = value.message_type();
    if (type == pb::Duration::descriptor()) return ValueType::kDuration;
    if (type == pb::Struct::descriptor()) return ValueType::kFree;
    if (type == v1alpha1::Arguments::descriptor()) return ValueType::kArguments;
    return ValueType::kMessage;
  }

  std::map<const pb::Descriptor*, std::unique_ptr<Shape>> shapes_;
  std::vector<Kind> kinds_;
};

const Catalogue& TheCatalogue() {
  static const auto* const kCatalogue = new Catalogue();  // lives as long as the program
  return *kCatalogue;
}

std::string ExpectedText(const ConfigField& option) {
  switch (option.form()) {
    case ConfigField::WORD:
      break;
    case ConfigField::PREFIX:
      return "an IP prefix such as 10.0.0.0/8";
    case ConfigField::ADDRESS:
      return "an IP address";
    case ConfigField::ENDPOINT:
      return "an IP address and port such as 10.0.0.1:51820";
    case ConfigField::URL:
      return "a URL";
    case ConfigField::HEX:
      return "a hardware address such as 52:54:00:12:34:56";
    case ConfigField::EXPRESSION:
      return "a CEL expression";
    case ConfigField::SIZE_MATCH:
      return "a size with an operator such as < 1TB";
    case ConfigField::SIZE:
      return "a size such as 2GiB";
    case ConfigField::SIZE_OR_PERCENT:
      return "a size such as 2GiB or 20%";
    case ConfigField::PORT_RANGE:
      return "a port or a range such as 8000-8080";
    default:
      return "a string";
  }
  std::string words = "one of ";
  for (int i = 0; i < option.words_size(); ++i) {
    if (i > 0) words += ", ";
    words += option.words(i);
  }
  return words;
}

std::string ExpectedInteger(const Field& field) {
  using Limits32 = std::numeric_limits<std::uint32_t>;
  const ConfigField& option = *field.option;
  if (option.form() == ConfigField::ROUTING_TABLE) return "0 to 255, or local, main, default";
  if (option.form() == ConfigField::OCTAL) return "a file mode such as 0o644";
  if (option.bits() != 0) {
    return Cat("an integer from 0 to ", (std::uint32_t{1} << option.bits()) - 1);
  }
  if (field.descriptor->cpp_type() == FieldDescriptor::CPPTYPE_UINT32) {
    return Cat("an integer from 0 to ", Limits32::max());
  }
  return "an integer";
}

std::string ExpectedValue(const Field& field) {
  switch (field.type) {
    case ValueType::kString:
      return ExpectedText(*field.option);
    case ValueType::kBool:
      return "true or false";
    case ValueType::kInteger:
      return ExpectedInteger(field);
    case ValueType::kBytes:
      return "base64";
    case ValueType::kDuration:
      return "a duration such as 1h30m";
    case ValueType::kArguments:
      return "a string or a list of strings";
    case ValueType::kFree:
    case ValueType::kMessage:
      return "a mapping";
  }
}

}  // namespace

const Field* Shape::Find(std::string_view key) const {
  const auto found = std::ranges::find(fields, key, &Field::key);
  return found == fields.end() ? nullptr : &*found;
}

const pb::Message& Kind::prototype() const {
  return *pb::MessageFactory::generated_factory()->GetPrototype(shape->type);
}

std::span<const Kind> AllKinds() {
  return TheCatalogue().kinds();
}

const Kind* FindKind(std::string_view name) {
  const auto kinds = AllKinds();
  const auto found = std::ranges::lower_bound(kinds, name, {}, &Kind::name);
  return found != kinds.end() && found->name == name ? &*found : nullptr;
}

const Kind* KindOf(const pb::Descriptor& type) {
  const auto of_type = [&](const Kind& kind) { return kind.shape->type == &type; };
  const auto found = std::ranges::find_if(AllKinds(), of_type);
  return found == AllKinds().end() ? nullptr : &*found;
}

std::string Expected(const Field& field) {
  if (field.list) return "a list";
  if (field.map) return "a mapping";
  return ExpectedValue(field);
}

std::string_view Closest(std::string_view word, std::span<const std::string_view> words) {
  constexpr size_t kLongest = 64;
  if (word.size() > kLongest) return {};
  std::string_view best;
  const size_t most = word.size() < 4 ? 1 : std::max<size_t>(2, word.size() / 3);
  size_t best_distance = most + 1;
  for (const std::string_view candidate : words) {
    const size_t distance = base::EditDistance(word, candidate, true);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace ichor::config
