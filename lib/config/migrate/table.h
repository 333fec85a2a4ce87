// Which field of the one-document form became which field of which document.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace ichor::config {

// How the value changes on its way.
enum class Conversion : std::uint8_t {
  kKeep,
  kNegate,        // true is false
  kPem,           // base64 of PEM is PEM
  kAddresses,     // "1.1.1.1" is {address: 1.1.1.1}
  kDisk,          // a path is an expression
  kDiskSelector,  // properties are an expression
  kHostname,      // a name excludes an automatic one
  kCniName,       // none, custom: no Flannel
  kCniUrls,       // each a manifest
  kScheduling,    // true: no taint
  kOnlyIfTrue,    // what it means today anyway; false has no equivalent
  kDropped,       // means nothing any more
  kUnsupported,   // has no equivalent
};

struct Migration {
  std::string_view from;  // path in the legacy document
  std::string_view kind;
  std::string_view to;  // path in the document
  Conversion change = Conversion::kKeep;
};

std::span<const Migration> AllMigrations();

}  // namespace ichor::config
