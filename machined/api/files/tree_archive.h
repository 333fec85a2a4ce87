// A directory tree as a compressed archive, for Copy.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/sys/file_view.h"
#include "machine/machine.pb.h"
#include "machined/api/files/gzip.h"
#include "machined/api/files/message_source.h"
#include "machined/api/files/tar_header.h"
#include "machined/api/files/tree_walk.h"

namespace ichor::api {

// common.Data that hold a tar.gz of the directories, links and regular files below the root that
// the request names, by names relative to it; a root that is a file is alone in it, by its own
// name. Left out: what is of other types, goes away meanwhile, or cannot be read; and what gives
// more than 4 MiB although it says to be smaller, as only files of the kernel do. A larger file
// that changes its size while it is read is cut or filled with zeros.
class TreeArchive : public MessageSource {
 public:
  // `files` must outlive this.
  TreeArchive(sys::FileView& files, const machine::CopyRequest& request);

  absl::StatusOr<bool> Produce(std::vector<std::string>& messages) override;

 private:
  absl::StatusOr<bool> Step();
  void Take(const Visit& visit);
  void TakeFile(const Visit& visit, TarEntry entry);
  void AddPiece();
  void Add(std::string_view bytes);

  sys::FileView& files_;
  TreeWalk walk_;
  Gzip gzip_;
  std::string ready_;                        // compressed, not yet in a message
  size_t taken_bytes_ = 0;                   // since Produce began
  std::unique_ptr<sys::FileReader> reader_;  // of the file that is on its way
  std::uint64_t left_bytes_ = 0;             // of it
  std::uint64_t size_bytes_ = 0;             // of it, as its header says
};

}  // namespace ichor::api
