#include "machined/sources/variables.h"

#include <string>

#include "lib/resource/address_text.h"
#include "talos/resource/definitions/hardware/hardware.resources.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {
namespace {

constexpr const char* kDownloadCode = "0x0b";  // of META

}  // namespace

UrlVariables VariablesOf(Runtime& runtime) {
  UrlVariables variables;
  const auto systems = runtime.Read<hardware::SystemInformation>();
  if (!systems.empty()) {
    variables["uuid"] = systems.front().spec().uuid();
    variables["serial"] = systems.front().spec().serial_number();
  }
  const auto addresses = runtime.Read<network::HardwareAddress>();
  if (const auto first = addresses.find("first"); first != addresses.end()) {
    variables["mac"] = HardwareAddressToText(first->spec().hardware_addr());
  }
  const auto names = runtime.Read<network::HostnameStatus>();
  if (!names.empty()) {
    variables["hostname"] = names.front().spec().hostname();
  }
  const auto keys = runtime.Read<runtime::MetaKey>();
  const auto loads = runtime.Read<runtime::MetaLoad>();
  if (const auto code = keys.find(kDownloadCode); code != keys.end()) {
    variables["code"] = code->spec().value();
  } else if (!loads.empty() && loads.front().spec().done()) {
    variables["code"] = "";
  }
  return variables;
}

}  // namespace ichor
