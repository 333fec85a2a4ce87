// Any bytes as YAML of several specs: what is accepted survives the way back.
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/log/check.h"
#include "google/protobuf/util/message_differencer.h"
#include "lib/resource/yaml.h"
#include "resource/config/config.pb.h"
#include "resource/network/device_config.pb.h"
#include "talos/resource/definitions/block/block.pb.h"
#include "talos/resource/definitions/cri/cri.pb.h"
#include "talos/resource/definitions/k8s/k8s.pb.h"
#include "talos/resource/definitions/network/network.pb.h"
#include "talos/resource/definitions/secrets/secrets.pb.h"

namespace ichor {
namespace {

namespace pb = google::protobuf;
namespace definitions = talos::resource::definitions;

// The first byte chooses among these.
const auto& Prototypes() {
  static const std::array<const pb::Message*, 10> kPrototypes = {
      &definitions::block::VolumeConfigSpec::default_instance(),
      &definitions::block::FSScrubStatusSpec::default_instance(),
      &definitions::cri::RegistriesConfigSpec::default_instance(),
      &definitions::k8s::SingleManifest::default_instance(),
      &definitions::k8s::KubeletConfigSpec::default_instance(),
      &definitions::network::LinkStatusSpec::default_instance(),
      &definitions::network::PlatformConfigSpec::default_instance(),
      &definitions::secrets::KubernetesRootSpec::default_instance(),
      &::resource::config::MachineConfigSpec::default_instance(),
      &::resource::network::DeviceConfigSpecSpec::default_instance(),
  };
  return kPrototypes;
}

void CheckOne(const pb::Message& prototype, std::string_view text) {
  const std::unique_ptr<pb::Message> first(prototype.New());
  if (!FromYaml(text, *first).ok()) return;
  const std::string written = ToYaml(*first);
  const std::unique_ptr<pb::Message> second(prototype.New());
  CHECK_OK(FromYaml(written, *second)) << written;
  CHECK(ToYaml(*second) == written) << written;
  pb::util::MessageDifferencer differencer;
  pb::util::DefaultFieldComparator comparator;
  comparator.set_treat_nan_as_equal(true);
  differencer.set_field_comparator(&comparator);
  CHECK(differencer.Compare(*first, *second)) << written;
}

}  // namespace
}  // namespace ichor

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto& prototypes = ichor::Prototypes();
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  ichor::CheckOne(*prototypes[data[0] % prototypes.size()], text);
  return 0;
}
