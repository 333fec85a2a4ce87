#include <cstdint>
#include <format>
#include <limits>
#include <utility>

#include "machine/machine.pb.h"
#include "machined/api/areas.h"

namespace ichor::api {
namespace {

// OK if META has such a key.
absl::Status CheckKey(std::uint32_t key) {
  if (key == 0 || key > std::numeric_limits<std::uint8_t>::max()) {
    return absl::InvalidArgumentError(std::format("META: keys are 1 to 255, got {}", key));
  }
  return absl::OkStatus();
}

// Answers with an empty message, or the error.
template <class Reply>
MetaStore::Done AnswerWith(absl::AnyInvocable<void(absl::StatusOr<Reply>)> answer) {
  return [answer = std::move(answer)](absl::Status status) mutable {
    Reply reply;
    reply.add_messages();
    answer(status.ok() ? absl::StatusOr<Reply>(std::move(reply)) : std::move(status));
  };
}

}  // namespace

void AddMetaMethods(Methods& methods) {
  MetaStore& meta = methods.context().meta;
  methods.Later<machine::MetaWriteRequest, machine::MetaWriteResponse>(
      "/machine.MachineService/MetaWrite",
      [&meta](const machine::MetaWriteRequest& request, const rpc::Stream& /*stream*/,
              absl::AnyInvocable<void(absl::StatusOr<machine::MetaWriteResponse>)> answer) {
        MetaStore::Done done = AnswerWith(std::move(answer));
        if (absl::Status key = CheckKey(request.key()); !key.ok()) {
          return done(std::move(key));
        }
        meta.Write(static_cast<std::uint8_t>(request.key()), request.value(), std::move(done));
      });
  methods.Later<machine::MetaDeleteRequest, machine::MetaDeleteResponse>(
      "/machine.MachineService/MetaDelete",
      [&meta](const machine::MetaDeleteRequest& request, const rpc::Stream& /*stream*/,
              absl::AnyInvocable<void(absl::StatusOr<machine::MetaDeleteResponse>)> answer) {
        MetaStore::Done done = AnswerWith(std::move(answer));
        if (absl::Status key = CheckKey(request.key()); !key.ok()) {
          return done(std::move(key));
        }
        meta.Delete(static_cast<std::uint8_t>(request.key()), std::move(done));
      });
}

}  // namespace ichor::api
