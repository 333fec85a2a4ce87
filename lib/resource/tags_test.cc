// The tags that cmake/resource_tags.py makes: all headers together, and what is in them.
#include <type_traits>

#include "catch2/catch_test_macros.hpp"
#include "cosi/resource/meta.resources.h"
#include "ichor/resource.resources.h"
#include "lib/resource/resource_type.h"
#include "resource/config/config.resources.h"
#include "resource/network/device_config.resources.h"
#include "talos/resource/definitions/block/block.resources.h"
#include "talos/resource/definitions/cluster/cluster.resources.h"
#include "talos/resource/definitions/containers/containers.resources.h"
#include "talos/resource/definitions/cri/cri.resources.h"
#include "talos/resource/definitions/etcd/etcd.resources.h"
#include "talos/resource/definitions/extensions/extensions.resources.h"
#include "talos/resource/definitions/files/files.resources.h"
#include "talos/resource/definitions/hardware/hardware.resources.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"
#include "talos/resource/definitions/kubeaccess/kubeaccess.resources.h"
#include "talos/resource/definitions/kubespan/kubespan.resources.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/perf/perf.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"
#include "talos/resource/definitions/security/security.resources.h"
#include "talos/resource/definitions/siderolink/siderolink.resources.h"
#include "talos/resource/definitions/storage/storage.resources.h"
#include "talos/resource/definitions/time/time.resources.h"
#include "talos/resource/definitions/v1alpha1/v1alpha1.resources.h"

namespace ichor {
namespace {

template <class Tag>
void CheckTag() {
  const ResourceType* type = FindResourceType(Tag::kType);
  INFO(Tag::kType);
  REQUIRE(type != nullptr);
  CHECK(type->default_namespace == Tag::kNamespace);
  CHECK(type->writers == Tag::kWriters);
  CHECK(type->spec == Tag::Spec::descriptor());
}

TEST_CASE("a tag says what its type is") {
  CheckTag<network::HostnameStatus>();
  CheckTag<network::HostnameSpec>();
  CheckTag<network::DeviceConfigSpec>();
  CheckTag<network::DNSUpstream>();
  CheckTag<runtime::KernelParamDefaultSpec>();
  CheckTag<runtime::ControllerStatus>();
  CheckTag<perf::CPUStat>();
  CheckTag<k8s::KubePrismEndpoint>();
  CheckTag<meta::ResourceDefinition>();
}

TEST_CASE("specs stand beside the tags, unless a tag has their name") {
  CHECK(std::is_same_v<network::HostnameSpec::Spec, network::HostnameSpecSpec>);
  CHECK(std::is_same_v<perf::CPUStat::Spec, perf::CPUSpec>);
}

}  // namespace
}  // namespace ichor
