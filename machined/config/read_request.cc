#include "machined/config/read_request.h"

#include <format>

#include "lib/base/status.h"
#include "lib/config/validate/validate.h"
#include "machined/config/apply_request.h"

namespace ichor {

absl::StatusOr<config::Config> ReadRequest(const std::string& text,
                                           std::vector<std::string>& warnings) {
  if (text.size() > kMaxConfigBytes) {
    return absl::InvalidArgumentError(
        std::format("the config has {} bytes, expected {} at most", text.size(), kMaxConfigBytes));
  }
  ASSIGN_OR_RETURN(config::Config config, config::Load("", text));
  const config::Findings findings = config::Validate(config, {});
  RETURN_IF_ERROR(yml::ToStatus(findings));
  for (const config::Finding& finding : findings) {
    warnings.push_back(yml::ToString(finding));
  }
  return config;
}

}  // namespace ichor
