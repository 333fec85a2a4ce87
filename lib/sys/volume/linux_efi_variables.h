// The firmware's variables as files of efivarfs.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lib/sys/volume/efi_variables.h"

namespace ichor::sys {

class LinuxEfiVariables : public EfiVariables {
 public:
  explicit LinuxEfiVariables(std::string directory = "/sys/firmware/efi/efivars")
      : directory_(std::move(directory)) {}

  bool AreThere() override;
  absl::StatusOr<std::vector<std::string>> List() override;
  absl::StatusOr<std::string> Read(const std::string& name) override;
  absl::Status Write(const std::string& name, std::string_view bytes) override;

 private:
  std::string PathOf(const std::string& name) const;

  const std::string directory_;
};

}  // namespace ichor::sys
