#include "machined/config/diagnose.h"

#include <string>
#include <string_view>
#include <utility>

namespace ichor {
namespace {

std::string_view MessageOf(boot::NodeStage::Spec::Stage stage) {
  switch (stage) {
    case boot::NodeStage::Spec::RECOVERY:
      return "the accepted config is lost: an administrator has to give one, or reset";
    case boot::NodeStage::Spec::CONFIGURED:
      return "the node runs, and what it keeps on its disk is not whole";
    case boot::NodeStage::Spec::MAINTENANCE:
      return "the node waits for a config, since it could not go on";
    default:
      return "a step of the boot fails, and is tried again";
  }
}

}  // namespace

absl::StatusOr<Desired<runtime::Diagnostic>> DiagnoseStage(const All<boot::NodeStage>& stages) {
  using Stage = boot::NodeStage::Spec;
  if (stages.empty() || stages.front().spec().reason().empty()) {
    return Desired<runtime::Diagnostic>();
  }
  const Stage& stage = stages.front().spec();
  runtime::Diagnostic::Spec row;
  row.set_message(std::string(MessageOf(stage.stage())));
  row.add_details(stage.reason());
  return Desired<runtime::Diagnostic>{{"config", std::move(row)}};
}

}  // namespace ichor
