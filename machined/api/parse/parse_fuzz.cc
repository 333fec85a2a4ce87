// Any bytes as a file of /proc: the first byte chooses the parser. Names in these files are chosen
// by whoever runs a process or makes a link.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/log/check.h"
#include "machined/api/parse/counters.h"
#include "machined/api/parse/cpu_info.h"
#include "machined/api/parse/memory.h"
#include "machined/api/parse/mounts.h"
#include "machined/api/parse/process.h"
#include "machined/api/parse/sockets.h"
#include "machined/api/parse/system_stat.h"

namespace ichor::api::parse {
namespace {

void ParseOne(std::uint8_t choice, std::string_view text) {
  switch (choice % 8) {
    case 0:
      return (void)MemoryOf(text);
    case 1:
      return (void)LoadOf(text);
    case 2:
      return (void)SystemStatOf(text);
    case 3:
      return (void)DiskStatsOf(text);
    case 4:
      return (void)NetworkStatsOf(text);
    case 5:
      CHECK(CpuListOf(text).size() <= 4096);
      return (void)CpusOf(text);
    case 6:
      CHECK(MountsOf(text).size() <= text.size());
      return (void)SocketsOf("tcp", text);
    default:
      return (void)ProcessOf({.stat = std::string(text),
                              .status = std::string(text),
                              .cmdline = std::string(text),
                              .executable = {},
                              .label = std::string(text)});
  }
}

}  // namespace
}  // namespace ichor::api::parse

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  ichor::api::parse::ParseOne(data[0],
                              std::string_view(reinterpret_cast<const char*>(data) + 1, size - 1));
  return 0;
}
