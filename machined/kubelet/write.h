// The kubelet's files on the disk and in memory.
#pragma once

#include <optional>
#include <string>

#include "google/protobuf/struct.pb.h"
#include "ichor/kubelet.resources.h"
#include "lib/runtime/rows.h"
#include "machined/kubelet/files.h"
#include "talos/resource/definitions/block/block.resources.h"

namespace ichor {

// Where things are, for tests.
struct KubeletPlaces {
  std::string etc = "/etc/kubernetes";
  std::string state = "/var/lib/kubelet";
  std::string resolved = "/system/resolved";
};

// What writing needs beside the texts.
struct KubeletWish {
  std::optional<KubeletFiles> files;
  std::string nodename;
  std::string accepted_cas;          // PEM
  google::protobuf::Struct cluster;  // as ClusterOf
  std::string resolv_conf;           // for pods
};

// Writes what differs, once /etc/kubernetes is mounted, and says so in the row `kubelet`. A
// client's certificate that is of another node or cluster is removed, so that the kubelet asks for
// its own; where the file that it made for itself leads elsewhere, it is led to the cluster.
// Blocks.
Report<k8s::KubeletFilesStatus> WriteKubeletFiles(const All<block::VolumeMountStatus>& mounted,
                                                  const KubeletWish& wish,
                                                  const KubeletPlaces& places);

}  // namespace ichor
