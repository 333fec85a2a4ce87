// Commands of one call without an answer: `meta`, `restart`, `rollback`.
#include <charconv>
#include <format>

#include "ichorctl/control/parts.h"
#include "ichorctl/control/tell.h"
#include "ichorctl/look/ask.h"
#include "ichorctl/look/runtime.h"
#include "lib/base/status.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

using Arguments = std::vector<std::string>;

// 10, 0x0a, 0o12, 012 or 0b1010.
absl::StatusOr<std::uint32_t> ParseKey(const std::string& text) {
  std::string_view digits = text;
  int base = 10;
  const auto take = [&](std::string_view prefix, int its_base) {
    if (digits.size() > prefix.size() && digits.starts_with(prefix) && base == 10) {
      digits.remove_prefix(prefix.size());
      base = its_base;
    }
  };
  take("0x", 16);
  take("0o", 8);
  take("0b", 2);
  take("0", 8);
  std::uint32_t key = 0;
  const auto [rest, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), key, base);
  constexpr std::uint32_t kMaxKey = 255;
  if (error != std::errc() || rest != digits.data() + digits.size() || key > kMaxKey) {
    return absl::InvalidArgumentError(
        std::format("\"{}\" is no key of META: expected a number up to 255, like 0x0a", text));
  }
  return key;
}

absl::Status WriteMeta(const NodeFlags& flags, const Arguments& arguments, Session& session) {
  machine::MetaWriteRequest request;
  ASSIGN_OR_RETURN(const std::uint32_t key, ParseKey(arguments[0]));
  request.set_key(key);
  request.set_value(arguments[1]);
  return Tell(flags, MachineMethod("MetaWrite"), request, session);
}

absl::Status DeleteMeta(const NodeFlags& flags, const Arguments& arguments, Session& session) {
  machine::MetaDeleteRequest request;
  ASSIGN_OR_RETURN(const std::uint32_t key, ParseKey(arguments[0]));
  request.set_key(key);
  return Tell(flags, MachineMethod("MetaDelete"), request, session);
}

}  // namespace

Command MetaCommand(const SharedNodeFlags& flags) {
  const Argument key{.name = "KEY", .help = "a number up to 255: 0x0a"};
  return {.name = "meta",
          .summary = "Changes what the META partition of nodes says",
          .flags = WithNodeFlags(flags, Maintenance::kYes),
          .commands = {{.name = "write",
                        .summary = "Writes a value",
                        .arguments = {key, {.name = "VALUE", .help = "its text"}},
                        .run =
                            [flags](Session& session, const Arguments& arguments) {
                              return WriteMeta(*flags, arguments, session);
                            }},
                       {.name = "delete",
                        .summary = "Deletes a value",
                        .arguments = {key},
                        .run = [flags](Session& session, const Arguments& arguments) {
                          return DeleteMeta(*flags, arguments, session);
                        }}}};
}

Command RestartCommand(const SharedNodeFlags& flags) {
  const auto kubernetes = std::make_shared<bool>(false);
  return {.name = "restart",
          .summary = "Starts a container again",
          .flags = WithNodeFlags(flags, Maintenance::kNo, {KubernetesFlag(kubernetes.get())}),
          .arguments = {{.name = "ID", .help = "the container"}},
          .run = [flags, kubernetes](Session& session, const Arguments& arguments) {
            auto request = OfRuntime<machine::RestartRequest>(*kubernetes);
            request.set_id(arguments.front());
            return Tell(*flags, MachineMethod("Restart"), request, session);
          }};
}

Command RollbackCommand(const SharedNodeFlags& flags) {
  return {.name = "rollback",
          .summary = "Goes back to the version before an upgrade, with a reboot",
          .flags = WithNodeFlags(flags, Maintenance::kNo),
          .run = [flags](Session& session, const Arguments&) {
            return Tell(*flags, MachineMethod("Rollback"), machine::RollbackRequest(), session);
          }};
}

}  // namespace ichor::ctl
