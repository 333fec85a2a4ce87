// The processor's cores, from /proc/cpuinfo.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ichor {

// Fields that the architecture does not tell are empty or 0.
struct CpuCore {
  std::string id;  // <socket>-<core>, or the number of its first logical processor
  std::string socket;
  std::string core;
  std::vector<std::uint32_t> logical_cpus;
  std::string vendor;
  std::string family;
  std::string model;
  std::string model_name;
  std::string stepping;
  std::string microcode;
  std::string cache_size;
  std::uint32_t cores_per_socket = 0;
  std::uint32_t threads_per_socket = 0;
  std::vector<std::string> flags;
  std::vector<std::string> bugs;
  double bogo_mips = 0;
  std::string address_sizes;
};

// Groups the logical processors in the text by their core; in order of their first ones. Blocks of
// lines without a processor number, as arm's trailer has, are left out.
std::vector<CpuCore> ParseCpuInfo(std::string_view text);

}  // namespace ichor
