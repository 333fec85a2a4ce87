// Bytes that servers, media and the kernel's arguments bring.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "machined/sources/encoded.h"
#include "machined/sources/found.h"
#include "machined/sources/nocloud.h"
#include "machined/sources/plan.h"
#include "machined/sources/url.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(data, data + size);
  using Form = ichor::ConfigSource::Form;
  for (const Form form : {Form::kConfig, Form::kNocloud, Form::kHcloud}) {
    ichor::ReadFound(form, bytes).status().IgnoreError();
  }
  ichor::DecodeArgument(bytes).status().IgnoreError();
  ichor::FillUrl(bytes, {{"mac", bytes}});
  ichor::ReadNocloudSettings(bytes);
  ichor::ConfigSources(bytes, bytes);
  return 0;
}
