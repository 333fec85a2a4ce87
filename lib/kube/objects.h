// Objects of Kubernetes, whatever their kind: where they are, reading and applying them.
#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/struct.pb.h"
#include "lib/kube/api.h"

namespace ichor::kube {

// What names an object.
struct Reference {
  std::string api_version;  // "v1", "apps/v1"
  std::string kind;
  std::string ns;  // its namespace; empty: none was said
  std::string name;
};

Reference ReferenceOf(const google::protobuf::Struct& object);

// "apps" of "apps/v1"; empty for "v1".
std::string GroupOf(const Reference& reference);

// "Deployment kube-system/coredns", for messages.
std::string NameOf(const Reference& reference);

// A text as a part of a path.
std::string Escaped(const std::string& part);

// Asks the server once for each group what its kinds are called in paths. One thread at a time.
class Objects {
 public:
  // `api` outlives it. `manager` is the field manager of what it writes.
  Objects(Api& api, std::string manager);

  // The object; NotFound if there is none, or its kind is not known to the server. One without a
  // namespace, of a kind that has them, is in "default".
  absl::StatusOr<google::protobuf::Struct> Get(const Reference& reference);

  // Writes by server-side apply, so that no fields but those of `object` are the manager's; what
  // other managers have is taken over. NotFound as above.
  absl::Status Apply(const google::protobuf::Struct& object);

  // A merge patch (RFC 7386). With metadata.resourceVersion in it: Aborted when the object is
  // another one by now.
  absl::Status Patch(const Reference& reference, const google::protobuf::Struct& patch);

  // All objects of a collection by its path, such as "/api/v1/nodes".
  absl::StatusOr<google::protobuf::Struct> List(const std::string& path);

 private:
  struct Kind {
    std::string plural;
    bool namespaced = false;
  };
  using Kinds = std::map<std::string, Kind>;

  absl::StatusOr<std::string> PathOf(const Reference& reference);
  absl::StatusOr<Kinds> Discover(const std::string& api_version);

  Api& api_;
  const std::string manager_;
  std::map<std::string, Kinds> known_;  // by API version
};

}  // namespace ichor::kube
