#include "machined/wipe/wiper.h"

#include <algorithm>
#include <string>

#include "lib/base/status.h"
#include "lib/disk/partition_table.h"
#include "machined/block/disk_table.h"

namespace ichor {
namespace {

constexpr std::uint64_t kEndBytes = 1 << 20;
constexpr std::uint64_t kPieceBytes = 64 << 20;

}  // namespace

absl::StatusOr<bool> Wiper::Step() {
  if (plans_.empty()) {
    return false;
  }
  if (claimed_ == nullptr) {
    RETURN_IF_ERROR(Begin(plans_.front()));
  } else if (!pieces_.empty()) {
    const WipePlan::Place piece = pieces_.front();
    pieces_.pop_front();
    RETURN_IF_ERROR(claimed_->Zero(piece.offset_bytes, piece.size_bytes));
  } else {
    RETURN_IF_ERROR(End(plans_.front()));
    plans_.pop_front();
  }
  return !plans_.empty();
}

absl::Status Wiper::Begin(const WipePlan& plan) {
  ASSIGN_OR_RETURN(claimed_, eraser_.Claim(plan.dev_path));
  const std::uint64_t size = claimed_->size_bytes();
  if (plan.everything) {
    for (std::uint64_t offset = 0; offset < size; offset += kPieceBytes) {
      pieces_.push_back(
          {.offset_bytes = offset, .size_bytes = std::min(kPieceBytes, size - offset)});
    }
    return absl::OkStatus();
  }
  // The device's own first: if the rest fails, it is one without partitions.
  AddEnds({.offset_bytes = 0, .size_bytes = size}, size);
  for (const WipePlan::Place& place : plan.inside) {
    AddEnds(place, size);
  }
  return absl::OkStatus();
}

void Wiper::AddEnds(const WipePlan::Place& place, std::uint64_t size_bytes) {
  if (place.offset_bytes > size_bytes || place.size_bytes > size_bytes - place.offset_bytes) {
    return;  // of a disk that was larger
  }
  const std::uint64_t end = std::min(kEndBytes, place.size_bytes);
  pieces_.push_back({.offset_bytes = place.offset_bytes, .size_bytes = end});
  if (end < place.size_bytes) {
    pieces_.push_back(
        {.offset_bytes = place.offset_bytes + place.size_bytes - end, .size_bytes = end});
  }
}

absl::Status Wiper::End(const WipePlan& plan) {
  RETURN_IF_ERROR(claimed_->RereadPartitions());
  claimed_ = nullptr;
  return plan.entry.has_value() ? DropEntry(*plan.entry) : absl::OkStatus();
}

absl::Status Wiper::DropEntry(const WipePlan::Entry& entry) {
  ASSIGN_OR_RETURN(disk::PartitionTable table, ReadTable(devices_, entry.disk_path));
  table.Remove(entry.number);
  RETURN_IF_ERROR(WriteTable(devices_, entry.disk_path, table));
  return eraser_.RemovePartition(entry.disk_path, entry.number);
}

absl::Status WipeDisk(sys::DiskEraser& eraser, sys::BlockDevices& devices,
                      const std::string& dev_path, std::vector<WipePlan::Place> also) {
  ASSIGN_OR_RETURN(const sys::ProbedDisk probed, devices.Probe(dev_path));
  WipePlan plan{.dev_path = dev_path, .inside = std::move(also)};
  for (const sys::ProbedPartition& partition : probed.partitions) {
    plan.inside.push_back(
        {.offset_bytes = partition.offset_bytes, .size_bytes = partition.size_bytes});
  }
  Wiper wiper(eraser, devices, {std::move(plan)});
  for (bool more = true; more;) {
    ASSIGN_OR_RETURN(more, wiper.Step());
  }
  return absl::OkStatus();
}

}  // namespace ichor
