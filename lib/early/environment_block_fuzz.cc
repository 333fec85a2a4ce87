// Any bytes as GRUB's environment block: a variable that was set is found, and no other one with
// it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "lib/early/environment_block.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using ichor::early::GetVariable;
  using ichor::early::IsEnvironment;
  using ichor::early::SetVariable;
  ichor::early::EnvironmentBlock block{};
  std::memcpy(block.data(), data, size < block.size() ? size : block.size());
  (void)GetVariable(block, "ichor_default");
  if (!SetVariable(block, "ichor_try", "B")) return 0;
  if (!IsEnvironment(block) || GetVariable(block, "ichor_try") != "B") std::abort();
  if (!SetVariable(block, "ichor_try", "")) std::abort();
  if (GetVariable(block, "ichor_try").has_value()) std::abort();
  return 0;
}
