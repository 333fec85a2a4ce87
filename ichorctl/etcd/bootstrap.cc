// `ichorctl bootstrap`
#include <array>
#include <format>
#include <fstream>
#include <memory>
#include <ostream>

#include "common/common.pb.h"
#include "ichorctl/etcd/etcd_commands.h"
#include "ichorctl/etcd/snapshot_file.h"
#include "ichorctl/look/ask.h"
#include "lib/base/status.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

constexpr std::size_t kPieceBytes = 64 << 10;

struct Options {
  std::string recover_from;
  bool skip_hash_check = false;
};

absl::StatusOr<std::string> ReadPiece(std::ifstream& file, const std::string& path) {
  std::string piece(kPieceBytes, '\0');
  file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
  if (file.bad()) {
    return absl::InternalError(std::format("{} cannot be read", path));
  }
  piece.resize(static_cast<std::size_t>(file.gcount()));
  return piece;
}

absl::StatusOr<std::ifstream> Open(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open()) {
    return absl::NotFoundError(std::format("{} cannot be opened", path));
  }
  return file;
}

// Reads the file once before anything is sent.
absl::Status CheckSnapshot(const std::string& path) {
  ASSIGN_OR_RETURN(std::ifstream file, Open(path));
  SnapshotCheck check;
  for (;;) {
    ASSIGN_OR_RETURN(const std::string piece, ReadPiece(file, path));
    if (piece.empty()) {
      return base::Annotate(check.Finish(), path);
    }
    check.Add(piece);
  }
}

absl::Status SendSnapshot(Nodes& nodes, const std::string& path) {
  ASSIGN_OR_RETURN(std::ifstream file, Open(path));
  return nodes.Upload(
      MachineMethod("EtcdRecover"),
      [&]() -> absl::StatusOr<std::string> {
        common::Data data;
        ASSIGN_OR_RETURN(*data.mutable_bytes(), ReadPiece(file, path));
        return data.SerializeAsString();
      },
      [](const std::string&, const std::string&) { return absl::OkStatus(); });
}

absl::Status Run(const NodeFlags& flags, const Options& options, Session& session) {
  const bool recovers = !options.recover_from.empty();
  if (recovers && !options.skip_hash_check) {
    RETURN_IF_ERROR(CheckSnapshot(options.recover_from));
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  RETURN_IF_ERROR(nodes->CheckOne("bootstrap"));
  if (recovers) {
    RETURN_IF_ERROR(SendSnapshot(*nodes, options.recover_from));
    session.err << std::format("sent {}\n", options.recover_from);
  }
  machine::BootstrapRequest request;
  request.set_recover_etcd(recovers);
  request.set_recover_skip_hash_check(options.skip_hash_check);
  return AskForMessages<machine::BootstrapResponse>(
      *nodes, MachineMethod("Bootstrap"), request,
      [](const std::string&, const machine::Bootstrap&) {});
}

}  // namespace

Command BootstrapCommand(const SharedNodeFlags& flags) {
  const auto options = std::make_shared<Options>();
  return {.name = "bootstrap",
          .summary = "Lets the cluster begin, on one control plane",
          .description =
              "To be run once in the life of a cluster. The other control planes join "
              "by themselves.",
          .examples = {{.about = "", .line = "ichorctl bootstrap -n 10.0.0.2"},
                       {.about = "with the data of a cluster that was lost",
                        .line = "ichorctl bootstrap -n 10.0.0.2 --recover-from=db.snapshot"}},
          .flags = WithNodeFlags(
              flags, Maintenance::kNo,
              {{.name = "recover-from",
                .value = "PATH",
                .help = "begins with the data of this snapshot of etcd",
                .target = &options->recover_from,
                .completes = Completes::kFile},
               {.name = "recover-skip-hash-check",
                .help = "takes a snapshot that has no hash: a copy of etcd's database file",
                .target = &options->skip_hash_check}}),
          .run = [flags, options](Session& session, const std::vector<std::string>&) {
            return Run(*flags, *options, session);
          }};
}

}  // namespace ichor::ctl
