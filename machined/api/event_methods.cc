#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/status.h"
#include "machine/machine.pb.h"
#include "machined/api/areas.h"
#include "machined/events/event_reader.h"

namespace ichor::api {
namespace {

constexpr size_t kBatch = 64;             // events at once
constexpr size_t kAheadBytes = 64 << 10;  // sent ahead of what the transport takes

class EventsCall : public rpc::Call {
 public:
  EventsCall(events::EventBus& bus, rpc::Stream& stream) : bus_(bus), stream_(stream) {}

  void OnMessage(std::string message) override {
    const absl::Status begun = Begin(message);
    if (!begun.ok()) {
      stream_.Finish(begun);
      return;
    }
    // Clients wait for a first reply, to know that they miss nothing from now on.
    stream_.Send(events::EncodeEvent(bus_.NewId(), "", nullptr));
    OnWritable();
  }

  void OnWritable() override {
    while (reader_ != nullptr && stream_.buffered_bytes() < kAheadBytes) {
      const absl::StatusOr<std::vector<std::string>> events = reader_->Next(kBatch);
      if (!events.ok()) {
        reader_ = nullptr;
        stream_.Finish(events.status());
        return;
      }
      if (events->empty()) {
        return;
      }
      for (const std::string& event : *events) {
        stream_.Send(event);
      }
    }
  }

  void OnEnd(const absl::Status& /*status*/) override {}

 private:
  absl::Status Begin(const std::string& message) {
    machine::EventsRequest request;
    RETURN_IF_ERROR(ParseRequest(message, request));
    ASSIGN_OR_RETURN(reader_, events::EventReader::Create(bus_, request, [this] { OnWritable(); }));
    return absl::OkStatus();
  }

  events::EventBus& bus_;
  rpc::Stream& stream_;
  std::unique_ptr<events::EventReader> reader_;
};

}  // namespace

void AddEventMethods(Methods& methods) {
  methods.Add("/machine.MachineService/Events",
              [&bus = methods.context().events](rpc::Stream& stream) {
                return std::make_unique<EventsCall>(bus, stream);
              });
}

}  // namespace ichor::api
