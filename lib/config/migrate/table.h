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
  kItems,         // each item of a list a document, called by its name or address
  kManifestUrls,  // each a manifest
  kHeaders,       // of all manifests that kManifestUrls made
  kPods,          // each a static pod, called by its own name
  kAuthority,     // a CA: on a control plane the one that signs, elsewhere one that is trusted
  kAccepted,      // CAs that are trusted
  kEncryption,    // a secret: a provider of encryption in etcd
  kDiscovery,     // the service, if it is on
  kVolumeKeys,    // of a system volume
  kMirrors,       // each registry a document
  kRegistries,    // each registry's TLS and credentials
  kInterfaces,    // each link a document, as are its leases and virtual IPs
  kOnlyIfTrue,    // what it means today anyway; false has no equivalent
  kDropped,       // means nothing any more
  kUnsupported,   // has no equivalent
};

struct Migration {
  std::string_view from;  // path in the legacy document
  std::string_view kind;
  std::string_view to;  // path in the document
  Conversion change = Conversion::kKeep;
  std::string_view name{};  // of the document, if it is of a named kind and there is one for all
};

std::span<const Migration> AllMigrations();

}  // namespace ichor::config
