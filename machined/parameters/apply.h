// Gives the kernel its parameters.
#pragma once

#include <map>
#include <string>

#include "lib/runtime/rows.h"
#include "lib/sys/kernel_values.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

// Sets what is wished, else the defaults, and what is neither any more back to what it was.
// Remembers that, across a crash too. One run at a time.
class ParameterSetter {
 public:
  // `values` must outlive this. `memory` is a file for what the parameters were before.
  ParameterSetter(sys::KernelValues& values, std::string memory)
      : values_(values), memory_(std::move(memory)) {}

  // The parameters with what they are now; one that this kernel does not have is unsupported, which
  // is no failure.
  Report<runtime::KernelParamStatus> Apply(const All<runtime::KernelParamDefaultSpec>& defaults,
                                           const All<runtime::KernelParamSpec>& wishes);

 private:
  void Load();
  void Save() const;
  void RestoreOthers(const All<runtime::KernelParamDefaultSpec>& defaults,
                     const All<runtime::KernelParamSpec>& wishes);

  sys::KernelValues& values_;
  const std::string memory_;
  bool loaded_ = false;
  std::map<std::string, std::string> before_;  // values before they were set here, by id
};

}  // namespace ichor
