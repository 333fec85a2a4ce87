// `ichorctl memory`
#include <format>
#include <ostream>

#include "google/protobuf/descriptor.h"
#include "ichorctl/look/ask.h"
#include "ichorctl/look/parts.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

constexpr std::uint64_t kKiBPerMiB = 1024;

void AddRow(const std::string& node, const machine::MemInfo& info, Table& table) {
  const auto mib = [](std::uint64_t kib) { return std::to_string(kib / kKiBPerMiB); };
  const std::uint64_t unused = info.memfree() + info.cached() + info.buffers();
  const std::uint64_t used = info.memtotal() - std::min(info.memtotal(), unused);
  table.rows.push_back({node, mib(info.memtotal()), mib(used), mib(info.memfree()),
                        mib(info.shmem()), mib(info.buffers()), mib(info.cached()),
                        mib(info.memavailable())});
}

// Every value, in KiB but for counts of huge pages, under the name that it has in the message.
void ShowAll(const std::string& node, const machine::MemInfo& info, std::ostream& out) {
  out << "NODE: " << node << '\n';
  const google::protobuf::Descriptor& fields = *machine::MemInfo::descriptor();
  for (int i = 0; i < fields.field_count(); ++i) {
    const google::protobuf::FieldDescriptor& field = *fields.field(i);
    const bool count = field.name().starts_with("hugepages") && field.name() != "hugepagesize";
    out << std::format("{}: {}{}\n", field.name(),
                       machine::MemInfo::GetReflection()->GetUInt64(info, &field),
                       count ? "" : " kB");
  }
}

absl::Status ShowMemory(const NodeFlags& flags, bool verbose, Session& session) {
  if (!verbose) {
    return ShowMessages<machine::MemoryResponse>(
        session, flags, MachineMethod("Memory"), google::protobuf::Empty(),
        {.columns = {"NODE", "TOTAL", "USED", "FREE", "SHARED", "BUFFERS", "CACHE", "AVAILABLE"}},
        [](const std::string& node, const machine::Memory& memory, Table& table) {
          AddRow(node, memory.meminfo(), table);
        });
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  return AskForMessages<machine::MemoryResponse>(
      *nodes, MachineMethod("Memory"), google::protobuf::Empty(),
      [&](const std::string& node, const machine::Memory& memory) {
        ShowAll(node, memory.meminfo(), session.out);
      });
}

}  // namespace

Command MemoryCommand(const SharedNodeFlags& flags) {
  const auto verbose = std::make_shared<bool>(false);
  return {.name = "memory",
          .aliases = {"m", "free"},
          .summary = "Shows how much memory is used, in MiB",
          .flags = WithNodeFlags(flags, Maintenance::kYes,
                                 {{.name = "verbose",
                                   .letter = 'v',
                                   .help = "every value that the kernel gives, in KiB",
                                   .target = verbose.get()}}),
          .run = [flags, verbose](Session& session, const std::vector<std::string>&) {
            return ShowMemory(*flags, *verbose, session);
          }};
}

}  // namespace ichor::ctl
