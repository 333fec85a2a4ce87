#include "ichorctl/fetch/fetch_commands.h"

#include <filesystem>
#include <format>
#include <fstream>
#include <optional>
#include <ostream>
#include <system_error>

#include "common/common.pb.h"
#include "ichorctl/control/waiting.h"
#include "ichorctl/fetch/copy_tree.h"
#include "ichorctl/fetch/extractor.h"
#include "ichorctl/look/ask.h"
#include "ichorctl/nodes/access.h"
#include "ichorctl/nodes/connect.h"
#include "ichorctl/nodes/explain.h"
#include "lib/base/status.h"
#include "lib/runtime/loop.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

namespace fs = std::filesystem;
using Arguments = std::vector<std::string>;

absl::Status CheckTarget(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error)) {
    fs::create_directories(path, error);
    return error ? absl::UnavailableError(std::format("{}: {}", path, error.message()))
                 : absl::OkStatus();
  }
  if (!fs::is_directory(path, error) || !fs::is_empty(path, error)) {
    return absl::AlreadyExistsError(
        std::format("{}: the target must be a directory that is empty, or not there yet", path));
  }
  return absl::OkStatus();
}

absl::Status Extract(Nodes& nodes, const std::string& source, const std::string& target) {
  RETURN_IF_ERROR(CheckTarget(target));
  Extractor extractor(target);
  RETURN_IF_ERROR(CopyTree(nodes, source, extractor));
  return extractor.Finish();
}

absl::Status Copy(const NodeFlags& flags, const std::string& source, const std::string& target,
                  Session& session) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  RETURN_IF_ERROR(nodes->CheckOne("copy"));
  if (target != "-") {
    return Extract(*nodes, source, target);
  }
  machine::CopyRequest request;
  request.set_root_path(source);
  return AskAll<common::Data>(*nodes, MachineMethod("Copy"), request,
                              [&](const std::string&, const common::Data& data) {
                                session.out << data.bytes();
                                return absl::OkStatus();
                              });
}

constexpr std::chrono::hours kForEver{24 * 365};

struct PcapOptions {
  std::string interface = "eth0";
  std::string output;
  std::string duration;
  bool promiscuous = false;
};

// Packets go to `out` as they come, until the node ends the call or the time is over: then the call
// is broken off with the connection.
absl::Status Receive(Session& session, const Access& access,
                     const machine::PacketCaptureRequest& request, base::MonotonicTime deadline,
                     std::ostream& out) {
  ASSIGN_OR_RETURN(const Connected connected, ConnectToOne(session, access, access.endpoints));
  Loop& loop = *session.loop;
  std::optional<absl::Status> end;
  const auto finish = [&](const absl::Status& status) {
    end = end.value_or(status);
    loop.Stop();
  };
  const Loop::TimerId timer = loop.RunAt(deadline, [&] { finish(absl::OkStatus()); });
  const std::string method = MachineMethod("PacketCapture");
  connected.client->SetMetadata(MetadataOf(access, access.nodes.front()));
  connected.client->ServerStream(
      method, request.SerializeAsString(),
      [&](const std::string& bytes) {
        common::Data data;
        if (data.ParseFromString(bytes) && !(out << data.bytes() << std::flush)) {
          finish(absl::UnavailableError("the packets cannot be written: is the disk full?"));
        }
      },
      finish);
  while (!end) {
    loop.Run();
  }
  loop.Cancel(timer);
  return ExplainCall(access, method, *end);
}

absl::Status Capture(const NodeFlags& flags, const PcapOptions& options, Session& session) {
  machine::PacketCaptureRequest request;
  request.set_interface(options.interface);
  request.set_promiscuous(options.promiscuous);
  base::MonotonicTime deadline = session.clock.Monotonic() + kForEver;
  if (!options.duration.empty()) {
    ASSIGN_OR_RETURN(const std::chrono::seconds time, ParseTime("duration", options.duration));
    deadline = session.clock.Monotonic() + time;
  }
  if (options.output.empty()) {
    return absl::InvalidArgumentError(
        "--output is missing: the file for the packets; - is standard output, for tcpdump -r -");
  }
  ASSIGN_OR_RETURN(const Access access, AccessOf(session, flags));
  if (access.nodes.size() != 1) {
    return absl::InvalidArgumentError(
        std::format("command \"pcap\" requires exactly one node (got {})", access.nodes.size()));
  }
  if (options.output == "-") {
    return Receive(session, access, request, deadline, session.out);
  }
  std::ofstream file(options.output, std::ios::binary | std::ios::trunc);
  if (!file) {
    return absl::UnavailableError(options.output + ": cannot be written");
  }
  return Receive(session, access, request, deadline, file);
}

}  // namespace

Command CopyCommand(const SharedNodeFlags& flags) {
  return {.name = "copy",
          .aliases = {"cp"},
          .summary = "Copies files and directories from a node",
          .description = "Owners and modes are not kept.",
          .flags = WithNodeFlags(flags, Maintenance::kNo),
          .arguments = {{.name = "SOURCE", .help = "a path on the node"},
                        {.name = "TARGET",
                         .help = "a directory, empty or new; -: a tar.gz on standard output",
                         .completes = Completes::kDirectory}},
          .run = [flags](Session& session, const Arguments& arguments) {
            return Copy(*flags, arguments[0], arguments[1], session);
          }};
}

Command PcapCommand(const SharedNodeFlags& flags) {
  const auto options = std::make_shared<PcapOptions>();
  return {.name = "pcap",
          .aliases = {"tcpdump"},
          .summary = "Captures packets of a node's link",
          .examples = {{.about = "watched as they come",
                        .line = "ichorctl pcap -i eth0 -o - | tcpdump -vvv -r -"}},
          .flags = WithNodeFlags(flags, Maintenance::kNo,
                                 {{.name = "interface",
                                   .letter = 'i',
                                   .value = "LINK",
                                   .help = "whose packets",
                                   .target = &options->interface},
                                  {.name = "output",
                                   .letter = 'o',
                                   .value = "FILE",
                                   .help = "where they go, as pcap; - is standard output",
                                   .target = &options->output,
                                   .completes = Completes::kFile},
                                  {.name = "duration",
                                   .value = "TIME",
                                   .help = "how long; without it until it is interrupted",
                                   .target = &options->duration},
                                  {.name = "promiscuous",
                                   .help = "packets for others too",
                                   .target = &options->promiscuous}}),
          .run = [flags, options](Session& session, const Arguments&) {
            return Capture(*flags, *options, session);
          }};
}

}  // namespace ichor::ctl
