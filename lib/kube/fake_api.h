// An API server in memory, for tests: it knows a few kinds, and keeps objects.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/kube/api.h"

namespace ichor::kube {

class FakeApi : public Api {
 public:
  absl::StatusOr<google::protobuf::Struct> Do(const Call& call) override;

  // Puts an object there; its path needs no check.
  void Put(const std::string& path, const google::protobuf::Struct& object);
  // The object at a path; empty if there is none.
  google::protobuf::Struct At(const std::string& path) const;
  void Remove(const std::string& path) { objects_.erase(path); }

  // What each call to a path ends with while it is set.
  std::map<std::string, absl::Status> failures;
  // Calls so far: "PATCH /api/v1/nodes/n1?fieldManager=talos".
  std::vector<std::string> calls;
  // Kinds that it knows by group and version, as "Kind plural", namespaced with a "*" behind.
  std::map<std::string, std::vector<std::string>> kinds = {
      {"v1",
       {"Namespace namespaces", "Node nodes", "ConfigMap configmaps*", "Secret secrets*",
        "ServiceAccount serviceaccounts*", "Service services*", "Pod pods*"}},
      {"apps/v1", {"Deployment deployments*", "DaemonSet daemonsets*"}},
      {"apiextensions.k8s.io/v1", {"CustomResourceDefinition customresourcedefinitions"}},
      {"rbac.authorization.k8s.io/v1",
       {"ClusterRole clusterroles", "ClusterRoleBinding clusterrolebindings"}}};

 private:
  absl::StatusOr<google::protobuf::Struct> Discover(const std::string& api_version) const;
  absl::StatusOr<google::protobuf::Struct> Write(const Call& call, const std::string& path);
  google::protobuf::Struct Collection(const std::string& path) const;

  std::map<std::string, google::protobuf::Struct> objects_;  // by path
  int version_ = 0;
};

// A connection to a server that a test keeps.
class FakeConnection : public Api {
 public:
  explicit FakeConnection(FakeApi& api) : api_(api) {}
  absl::StatusOr<google::protobuf::Struct> Do(const Call& call) override { return api_.Do(call); }

 private:
  FakeApi& api_;
};

}  // namespace ichor::kube
