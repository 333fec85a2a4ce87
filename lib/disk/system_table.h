// The partitions of a node's own disk, and what a config's acceptance makes of them.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/disk/partition_table.h"
#include "lib/disk/volume_table.h"

namespace ichor::disk {

// Labels. The image brings the first five (BIOS where the machine may boot so); the node makes the
// others.
inline constexpr std::string_view kEfi = "EFI";
inline constexpr std::string_view kBios = "BIOS";
inline constexpr std::string_view kRootA = "ROOT-A";
inline constexpr std::string_view kMeta = "META";
inline constexpr std::string_view kRootB = "ROOT-B";
inline constexpr std::string_view kState = "STATE";
inline constexpr std::string_view kEphemeral = "EPHEMERAL";

inline constexpr std::uint64_t kStateBytes = std::uint64_t{100} << 20U;

using NewGuid = std::function<Guid()>;

// Which disk EPHEMERAL is on: the system's, or one of its own.
enum class EphemeralPlace : std::uint8_t { kHere, kElsewhere };

// The table of a system disk with room for everything: ROOT-B as large as ROOT-A, STATE, and
// EPHEMERAL, if it is to be here and was not made elsewhere, in what is left, or as large as `size`
// says; if it is to be elsewhere, there is none afterwards. The disk and its partitions get GUIDs
// of their own, since all disks with the same image have the same. What an earlier call has made
// stays as it is, so that a power cut behind the write of the table only means to come here again.
// Before EPHEMERAL come `volumes`; one of them without a largest size has its smallest there.
//
// InvalidArgument if the table is not that of an image of ours, ResourceExhausted if the disk is
// too small; both say why.
absl::StatusOr<PartitionTable> WithSystemPartitions(PartitionTable table, const NewGuid& new_guid,
                                                    const VolumeSize& size = {},
                                                    EphemeralPlace place = EphemeralPlace::kHere,
                                                    const std::vector<NewVolume>& volumes = {});

// The GUID of the disk of EPHEMERAL's own for the system on a disk with the GUID `system`: it says
// whose it is, wherever it is plugged in.
Guid EphemeralDiskOf(const Guid& system);

// The table of such a disk, with EPHEMERAL, blank, as large as `size` says. ResourceExhausted if
// the disk is too small.
absl::StatusOr<PartitionTable> EphemeralTable(const Geometry& geometry, const Guid& system,
                                              const NewGuid& new_guid, const VolumeSize& size);

// The table with EPHEMERAL grown to where `size` lets it, in the room behind it: after the disk
// became larger, all that came. The same table if it may not grow, has no room, or is not there.
PartitionTable WithGrownEphemeral(PartitionTable table, const VolumeSize& size);

// Whether a config was accepted on the disk: the last thing that acceptance writes is a mark of
// ours in the attributes of STATE. Without it the contents of STATE and EPHEMERAL count for
// nothing.
bool IsAccepted(const PartitionTable& table);
// NotFound if there is no STATE.
absl::Status MarkAccepted(PartitionTable& table);
// A mark beside that one: EPHEMERAL was made on a disk of its own. If that is away, it is missed
// and not made anew.
bool IsEphemeralElsewhere(const PartitionTable& table);
// NotFound if there is no STATE.
absl::Status MarkEphemeralElsewhere(PartitionTable& table);
// Takes both marks away: what STATE and EPHEMERAL hold is made anew where it cannot be mounted.
void ClearAccepted(PartitionTable& table);

// The mark of a blank partition, by label. So the wipe of EPHEMERAL leaves STATE accepted all the
// time, and the wipe of STATE is over with one write.
bool IsBlank(const PartitionTable& table, std::string_view label);
// Does nothing if there is no such partition.
void SetBlank(std::string_view label, bool blank, PartitionTable& table);

}  // namespace ichor::disk
