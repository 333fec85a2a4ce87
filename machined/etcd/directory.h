// etcd's directory on the disk, and the record beside it of how its cluster is to begin.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ichor/etcd.resources.h"
#include "machined/etcd/places.h"

namespace ichor {

// All methods block, and are called one at a time. What is asked for is on the disk when a method
// returns: a power cut finds it as it was, or as it shall be.
class EtcdDirectory {
 public:
  using Data = etcd::EtcdDataStatus::Spec;

  // `parent` is "/var/lib" but in tests; what is etcd's belongs to `user`.
  explicit EtcdDirectory(std::string parent = "/var/lib", std::uint32_t user = kEtcdUser)
      : parent_(std::move(parent)), user_(user) {}

  // The file that a snapshot is stored in.
  std::string snapshot() const { return parent_ + "/etcd.snapshot"; }

  // What is there; makes the directory if there is none.
  absl::StatusOr<Data> Look() const;

  // Records how the cluster is to begin. FailedPrecondition for one of a snapshot that there is
  // not.
  absl::Status Record(const Data& data) const;
  // The record has served: a directory that is lost later is not begun anew by itself. The snapshot
  // goes too.
  absl::Status Forget() const;

  // Makes what etcdutl restored etcd's data, at once and as a whole. FailedPrecondition if there is
  // nothing.
  absl::Status TakeRestored() const;
  // Removes what it left unfinished.
  absl::Status DropRestored() const;

  // Removes all data, and the record.
  absl::Status Wipe() const;

 private:
  std::string Path(const char* name) const { return parent_ + "/" + name; }

  const std::string parent_;
  const std::uint32_t user_;
};

}  // namespace ichor
