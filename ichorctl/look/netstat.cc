// `ichorctl netstat`
#include <format>
#include <ostream>

#include "absl/strings/ascii.h"
#include "ichorctl/look/ask.h"
#include "ichorctl/look/format.h"
#include "ichorctl/look/parts.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

using Record = machine::ConnectRecord;

struct Options {
  bool all = false;
  bool listening = false;
  bool extend = false;
  bool pods = false;
  bool programs = false;
  bool timers = false;
  bool ipv4 = false;
  bool ipv6 = false;
  bool raw = false;
  bool tcp = false;
  bool udp = false;
  bool udplite = false;
  bool verbose = false;
};

machine::NetstatRequest RequestOf(const Options& options) {
  machine::NetstatRequest request;
  request.set_filter(options.all         ? machine::NetstatRequest::ALL
                     : options.listening ? machine::NetstatRequest::LISTENING
                                         : machine::NetstatRequest::CONNECTED);
  request.mutable_feature()->set_pid(options.programs);
  const bool some = options.tcp || options.udp || options.udplite || options.raw;
  const bool four = options.ipv4 || !options.ipv6;
  const bool six = options.ipv6 || !options.ipv4;
  machine::NetstatRequest::L4proto& protocols = *request.mutable_l4proto();
  protocols.set_tcp((options.tcp || !some) && four);
  protocols.set_tcp6((options.tcp || !some) && six);
  protocols.set_udp((options.udp || !some) && four);
  protocols.set_udp6((options.udp || !some) && six);
  protocols.set_udplite(options.udplite && four);
  protocols.set_udplite6(options.udplite && six);
  protocols.set_raw(options.raw && four);
  protocols.set_raw6(options.raw && six);
  request.mutable_netns()->set_allnetns(options.pods);
  request.mutable_netns()->set_hostnetwork(true);
  return request;
}

std::vector<std::string> ColumnsOf(const Options& options) {
  std::vector<std::string> columns = {"NODE",          "Proto",           "Recv-Q", "Send-Q",
                                      "Local Address", "Foreign Address", "State"};
  if (options.extend) {
    columns.insert(columns.end(), {"Uid", "Inode"});
  }
  if (options.programs) {
    columns.emplace_back("PID/Program name");
  }
  if (options.pods) {
    columns.emplace_back("Pod");
  }
  if (options.timers) {
    columns.emplace_back("Timer");
  }
  return columns;
}

std::string Address(const std::string& ip, std::uint32_t port) {
  return std::format("{}:{}", ip, port == 0 ? "*" : std::to_string(port));
}

// "keepalive (0.50/0/0)": until it fires, retransmits, probes or backoff.
std::string TimerOf(const Record& record) {
  std::string name = Record::TimerActive_Name(record.tr());
  for (char& c : name) {
    c = absl::ascii_tolower(static_cast<unsigned char>(c));
  }
  constexpr double kTicksPerSecond = 100;
  return std::format("{} ({:.2f}/{}/{})", name,
                     static_cast<double>(record.timerwhen()) / kTicksPerSecond, record.retrnsmt(),
                     record.timeout());
}

std::vector<std::string> RowOf(const std::string& node, const Record& record,
                               const Options& options) {
  constexpr int kStateless = 7;  // udp's
  std::vector<std::string> row = {
      node,
      record.l4proto(),
      std::to_string(record.rxqueue()),
      std::to_string(record.txqueue()),
      Address(record.localip(), record.localport()),
      Address(record.remoteip(), record.remoteport()),
      record.state() == kStateless ? "" : Record::State_Name(record.state())};
  if (options.extend) {
    row.insert(row.end(), {std::to_string(record.uid()), std::to_string(record.inode())});
  }
  if (options.programs) {
    row.push_back(record.process().pid() == 0 ? "-"
                                              : std::format("{}/{}", record.process().pid(),
                                                            Visible(record.process().name())));
  }
  if (options.pods) {
    row.push_back(Visible(record.netns()));
  }
  if (options.timers) {
    row.push_back(TimerOf(record));
  }
  return row;
}

std::vector<Flag> FlagsOf(const std::shared_ptr<Options>& options) {
  return {
      {.name = "all",
       .letter = 'a',
       .help = "all sockets, instead of those that are connected",
       .target = &options->all},
      {.name = "extend", .letter = 'x', .help = "with owner and inode", .target = &options->extend},
      {.name = "ipv4", .letter = '4', .help = "of IPv4 only", .target = &options->ipv4},
      {.name = "ipv6", .letter = '6', .help = "of IPv6 only", .target = &options->ipv6},
      {.name = "listening",
       .letter = 'l',
       .help = "those that listen",
       .target = &options->listening},
      {.name = "pods",
       .letter = 'k',
       .help = "those of Kubernetes pods too",
       .target = &options->pods},
      {.name = "programs",
       .letter = 'p',
       .help = "with process id and name",
       .target = &options->programs},
      {.name = "raw", .letter = 'w', .help = "raw sockets", .target = &options->raw},
      {.name = "tcp", .letter = 't', .help = "of TCP", .target = &options->tcp},
      {.name = "timers", .letter = 'o', .help = "with timers", .target = &options->timers},
      {.name = "udp", .letter = 'u', .help = "of UDP", .target = &options->udp},
      {.name = "udplite", .letter = 'U', .help = "of UDP-Lite", .target = &options->udplite},
      {.name = "verbose", .letter = 'v', .help = "of all protocols", .target = &options->verbose}};
}

}  // namespace

Command NetstatCommand(const SharedNodeFlags& flags) {
  const auto options = std::make_shared<Options>();
  return {.name = "netstat",
          .aliases = {"ss"},
          .summary = "Lists connections and listening sockets",
          .flags = WithNodeFlags(flags, Maintenance::kNo, FlagsOf(options)),
          .run = [flags, options](Session& session, const std::vector<std::string>&) {
            if (options->verbose) {
              options->tcp = options->udp = options->udplite = options->raw = true;
            }
            return ShowMessages<machine::NetstatResponse>(
                session, *flags, MachineMethod("Netstat"), RequestOf(*options),
                {.columns = ColumnsOf(*options)},
                [&](const std::string& node, const machine::Netstat& reply, Table& table) {
                  for (const Record& record : reply.connectrecord()) {
                    table.rows.push_back(RowOf(node, record, *options));
                  }
                });
          }};
}

}  // namespace ichor::ctl
