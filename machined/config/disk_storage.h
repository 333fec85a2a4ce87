// The config on STATE of the system disk.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "machined/config/config_storage.h"
#include "machined/identity/identity_files.h"
#include "machined/install/installer.h"
#include "machined/volumes/system_volumes.h"

namespace ichor {

class DiskStorage : public ConfigStorage {
 public:
  DiskStorage(SystemVolumes::Doors doors, const SystemVolumes::Places& places,
              Installer::Doors installer);

  absl::StatusOr<Opened> Open(const std::string& disk) override;
  absl::Status Accept(const std::string& disk, const std::string& text,
                      const VolumesHere& here) override;
  absl::Status Install(const std::string& disk, const std::string& target, const std::string& text,
                       const VolumesHere& here) override;
  absl::Status Finish(const std::string& disk, const OtherDisks& others) override;
  absl::StatusOr<std::string> Identity() override;
  absl::Status Save(const std::string& text, const std::optional<ConfigTrial>& trial) override;
  absl::Status Confirm() override;
  absl::Status Revert() override;
  absl::Status Prove() override;
  absl::Status Wipe(const std::string& disk, const std::vector<std::string>& labels,
                    bool everything) override;
  std::vector<SystemVolume> Volumes(const std::string& disk) override;

 private:
  std::optional<config::Config> SavedConfig() const;
  absl::Status FinishWith(const std::string& disk, const OtherDisks& others);
  SystemVolume DescribeBelowVar(const VolumePlace& place, bool mounted) const;
  SystemVolume Describe(const std::string& disk, const disk::PartitionTable& table,
                        std::string_view label) const;
  std::string TargetOf(std::string_view label) const;
  std::string ProblemOf(std::string_view label) const;

  sys::BlockDevices& devices_;
  sys::Mounts& mounts_;
  SystemVolumes volumes_;
  const ConfigFiles files_;
  const IdentityFiles identity_;
  Installer installer_;
  absl::Status state_error_;      // of the last attempt to have it
  absl::Status ephemeral_error_;  // so too
};

}  // namespace ichor
