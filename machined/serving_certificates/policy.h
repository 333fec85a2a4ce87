// Which certificate a kubelet may show.
//
// A kubelet with serverTLSBootstrap asks the cluster for the certificate that it shows on port
// 10250, by a CertificateSigningRequest of the signer kubernetes.io/kubelet-serving. Kubernetes
// signs it once somebody has approved it, and approves none itself, since it does not know which
// names are a node's.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "google/protobuf/struct.pb.h"

namespace ichor {

inline constexpr const char* kServingSigner = "kubernetes.io/kubelet-serving";

// The node whose kubelet made a request for a serving certificate that nobody has decided yet;
// empty for any other request.
std::string NodeThatAsks(const google::protobuf::Struct& request);

// Whether that node may have the certificate: the request is for its kubelet, for serving alone,
// and for no name or address that the Node object does not have. FailedPrecondition says what is
// wrong.
absl::Status CheckServingRequest(const google::protobuf::Struct& request,
                                 const google::protobuf::Struct& node);

// The request with the approval in it.
google::protobuf::Struct Approved(google::protobuf::Struct request);

}  // namespace ichor
