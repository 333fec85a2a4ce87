#include "catch2/catch_test_macros.hpp"
#include "lib/config/validate/complaint.h"

namespace ichor::config {
namespace {

TEST_CASE("validate: system volumes have certain names") {
  CheckDocument("VolumeConfig",
                {{"name: DATA",
                  "3:7: VolumeConfig DATA: name: \"DATA\" is no system volume (one of STATE, "
                  "EPHEMERAL, IMAGECACHE, ETCD, CRI, KUBELET, LOG)"},
                 {"provisioning: {minSize: 1GiB}", "1:1: VolumeConfig: name: required"},
                 {"name: STATE", ""},
                 {"name: EPHEMERAL", ""},
                 {"name: IMAGECACHE", ""},
                 {"name: ETCD", ""},
                 {"name: CRI", ""},
                 {"name: KUBELET", ""},
                 {"name: LOG", ""}});
}

TEST_CASE("validate: what system volumes cannot have") {
  CheckDocument(
      "VolumeConfig",
      {{"name: STATE\n"
        "provisioning: {minSize: 1GiB}\n"
        "mount: {secure: true}\n"
        "encryption: {provider: luks2, keys: [{slot: 0, nodeID: {}, lockToState: true}]}",
        "4:15: VolumeConfig STATE: provisioning: not supported for STATE\n"
        "5:8: VolumeConfig STATE: mount: not supported for STATE\n"
        "6:73: VolumeConfig STATE: encryption.keys[0].lockToState: STATE cannot be locked to "
        "itself"},
       {"name: IMAGECACHE\n"
        "mount: {secure: true}\n"
        "filesystem: {projectQuotaSupport: true}",
        "5:14: VolumeConfig IMAGECACHE: filesystem.projectQuotaSupport: unknown key"},
       {"name: ETCD\n"
        "mount: {secure: true}",
        "4:8: VolumeConfig ETCD: mount: needs provisioning"},
       {"name: LOG\n"
        "mount: {secure: true}\n"
        "provisioning: {minSize: 1GiB}",
        ""}});
}

TEST_CASE("validate: sizes fit each other, selectors are true or false") {
  CheckDocument(
      "VolumeConfig",
      {{"name: EPHEMERAL\n"
        "provisioning: {minSize: 2GiB, maxSize: 1GiB}",
        "4:25: VolumeConfig EPHEMERAL: provisioning.minSize: greater than maxSize"},
       {"name: EPHEMERAL\n"
        "provisioning: {minSize: -1GiB}",
        "4:25: VolumeConfig EPHEMERAL: provisioning.minSize: must not be negative"},
       {"name: EPHEMERAL\n"
        "provisioning: {minSize: 2GiB, maxSize: -1GiB}",
        ""},
       {"name: EPHEMERAL\n"
        "provisioning: {diskSelector: {match: 'disk.size > 1'}}",
        "4:38: VolumeConfig EPHEMERAL: provisioning.diskSelector.match: \">\" does not take "
        "uint and int: a uint is written 100u"},
       {"name: EPHEMERAL\n"
        "provisioning: {diskSelector: {match: disk.transport}}",
        "4:38: VolumeConfig EPHEMERAL: provisioning.diskSelector.match: the expression gives "
        "string, expected bool"}});
}

TEST_CASE("validate: encryption of volumes has keys in slots of their own") {
  CheckDocument(
      "VolumeConfig",
      {{"name: EPHEMERAL\n"
        "encryption: {}",
        ""},
       {"name: EPHEMERAL\n"
        "encryption: {provider: none, keys: [{slot: 0}]}",
        "4:24: VolumeConfig EPHEMERAL: encryption.provider: only luks2 is supported (set "
        "provider: luks2)\n"
        "4:37: VolumeConfig EPHEMERAL: encryption.keys[0]: a key needs one of static, "
        "nodeID, kms and tpm"},
       {"name: EPHEMERAL\n"
        "encryption: {provider: luks2, keys: [{slot: 0, nodeID: {}}, {slot: 0, static: "
        "{passphrase: a}}]}",
        "4:68: VolumeConfig EPHEMERAL: encryption.keys[1].slot: duplicate key slot 0"},
       {"name: EPHEMERAL\n"
        "encryption: {provider: luks2, keys: [{slot: 0, tpm: {options: {pcrs: [7, 24]}}}]}",
        "4:74: VolumeConfig EPHEMERAL: encryption.keys[0].tpm.options.pcrs[1]: must be from "
        "0 to 23"}});
}

TEST_CASE("validate: encryption of a system volume is said once") {
  CheckTexts(
      {{"machine:\n"
        "  type: worker\n"
        "  ca: {crt: YQ==}\n"
        "  systemDiskEncryption: {state: {provider: luks2, keys: [{slot: 0, nodeID: {}}]}}\n"
        "cluster: {}\n"
        "---\n"
        "apiVersion: v1alpha1\n"
        "kind: VolumeConfig\n"
        "name: STATE\n"
        "encryption: {provider: luks2, keys: [{slot: 0, nodeID: {}}]}\n",
        "4:33: machine.systemDiskEncryption.state: is set, and VolumeConfig is there too "
        "(say it in VolumeConfig only)"},
       {"machine:\n"
        "  type: worker\n"
        "  ca: {crt: YQ==}\n"
        "  systemDiskEncryption: {ephemeral: {provider: luks2, keys: [{slot: 0, nodeID: "
        "{}}]}}\n"
        "cluster: {}\n"
        "---\n"
        "apiVersion: v1alpha1\n"
        "kind: VolumeConfig\n"
        "name: EPHEMERAL\n"
        "encryption: {provider: luks2, keys: [{slot: 0, nodeID: {}}]}\n",
        "4:37: machine.systemDiskEncryption.ephemeral: is set, and VolumeConfig is there too "
        "(say it in VolumeConfig only)"}});
}

TEST_CASE("validate: user volumes have what their type needs") {
  CheckDocument(
      "UserVolumeConfig",
      {{"name: a_b\n"
        "provisioning: {diskSelector: {match: system_disk}, minSize: 1GiB}",
        "3:7: UserVolumeConfig a_b: name: only letters, digits and '-' are allowed"},
       {"name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
        "provisioning: {diskSelector: {match: system_disk}, minSize: 1GiB}",
        "3:7: UserVolumeConfig aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: name: longer than 34 "
        "characters"},
       {"provisioning: {diskSelector: {match: system_disk}, minSize: 1GiB}",
        "1:1: UserVolumeConfig: name: required"},
       {"name: a",
        "1:1: UserVolumeConfig a: provisioning.diskSelector.match: required\n"
        "1:1: UserVolumeConfig a: provisioning: minSize or maxSize is required"},
       {"name: a\n"
        "volumeType: tmpfs",
        "4:13: UserVolumeConfig a: volumeType: \"tmpfs\" is not supported (one of partition, "
        "disk, directory)"},
       {"name: a\n"
        "volumeType: directory",
        ""},
       {"name: a\n"
        "volumeType: directory\n"
        "provisioning: {minSize: 1GiB}\n"
        "encryption: {provider: luks2}\n"
        "filesystem: {type: xfs}\n"
        "mount: {disableAccessTime: true}",
        "5:15: UserVolumeConfig a: provisioning: not supported for a directory\n"
        "6:13: UserVolumeConfig a: encryption: not supported for a directory\n"
        "7:13: UserVolumeConfig a: filesystem: not supported for a directory\n"
        "8:28: UserVolumeConfig a: mount.disableAccessTime: not supported for a directory"},
       {"name: a\n"
        "volumeType: disk",
        "1:1: UserVolumeConfig a: provisioning.diskSelector.match: required"},
       {"name: a\n"
        "volumeType: disk\n"
        "provisioning: {diskSelector: {match: '!system_disk'}, grow: true}",
        "5:15: UserVolumeConfig a: provisioning: a whole disk has no minSize, maxSize or grow"},
       {"name: a\n"
        "volumeType: disk\n"
        "provisioning: {diskSelector: {match: '!system_disk'}}",
        ""},
       {"name: a\n"
        "provisioning: {diskSelector: {match: system_disk}, minSize: 1GiB}\n"
        "filesystem: {type: vfat}",
        "5:20: UserVolumeConfig a: filesystem.type: \"vfat\" is not supported (one of xfs, "
        "ext4, btrfs)"},
       {"name: a\n"
        "provisioning: {diskSelector: {match: system_disk}, minSize: 1GiB}\n"
        "filesystem: {type: ext4, projectQuotaSupport: true, xfs: {minAllocationGroupSize: "
        "1GiB}}",
        "5:47: UserVolumeConfig a: filesystem.projectQuotaSupport: only supported by xfs\n"
        "5:58: UserVolumeConfig a: filesystem.xfs: only supported by xfs"}});
}

TEST_CASE("validate: raw and swap volumes are partitions") {
  CheckDocument("RawVolumeConfig",
                {{"name: a",
                  "1:1: RawVolumeConfig a: provisioning.diskSelector.match: required\n"
                  "1:1: RawVolumeConfig a: provisioning: minSize or maxSize is required"},
                 {"name: a b\n"
                  "provisioning: {diskSelector: {match: system_disk}, maxSize: 1GiB}\n"
                  "encryption: {provider: none, keys: [{slot: 0, nodeID: {}}]}",
                  "3:7: RawVolumeConfig a b: name: only letters, digits and '-' are allowed\n"
                  "5:24: RawVolumeConfig a b: encryption.provider: only luks2 is supported (set "
                  "provider: luks2)"}});
  CheckDocument("SwapVolumeConfig",
                {{"name: a",
                  "1:1: SwapVolumeConfig a: provisioning.diskSelector.match: required\n"
                  "1:1: SwapVolumeConfig a: provisioning: minSize or maxSize is required"},
                 {"name: a b\n"
                  "provisioning: {diskSelector: {match: system_disk}, maxSize: 1GiB}\n"
                  "encryption: {provider: none, keys: [{slot: 0, nodeID: {}}]}",
                  "3:7: SwapVolumeConfig a b: name: only letters, digits and '-' are allowed\n"
                  "5:24: SwapVolumeConfig a b: encryption.provider: only luks2 is supported (set "
                  "provider: luks2)"}});
}

TEST_CASE("validate: volumes that are there already are found by expressions") {
  CheckDocument(
      "ExistingVolumeConfig",
      {{"name: a_b",
        "1:1: ExistingVolumeConfig a_b: discovery.volumeSelector.match: required\n"
        "3:7: ExistingVolumeConfig a_b: name: only letters, digits and '-' are allowed"},
       {"name: a\n"
        "discovery: {volumeSelector: {match: volume.size}}",
        "4:37: ExistingVolumeConfig a: discovery.volumeSelector.match: the expression gives "
        "uint, expected bool"},
       {"name: a\n"
        "discovery: {volumeSelector: {match: 'volume.size > 1u * GiB && disk.rotational'}}",
        ""}});
  CheckDocument(
      "ExternalVolumeConfig",
      {{"name: a b\n"
        "filesystemType: virtiofs\n"
        "mount: {virtiofs: {tag: a}}",
        "3:7: ExternalVolumeConfig a b: name: only letters, digits and '-' are allowed"},
       {"name: a\n"
        "filesystemType: nfs",
        "4:17: ExternalVolumeConfig a: filesystemType: got \"nfs\", expected one of none, "
        "xfs, vfat, ext4, iso9660, swapi, virtiofs, btrfs"},
       {"name: a\n"
        "filesystemType: virtiofs",
        "1:1: ExternalVolumeConfig a: mount.virtiofs.tag: required"}});
}

TEST_CASE("validate: upkeep has times and sizes that work") {
  CheckDocument("FilesystemTrimConfig",
                {{"interval: -1h", "3:11: FilesystemTrimConfig: interval: must not be negative"}});
  CheckDocument("FilesystemScrubConfig",
                {{"interval: 9s", "3:11: FilesystemScrubConfig: interval: must be at least 10s"},
                 {"interval: 10s", ""}});
  CheckDocument("ZswapConfig", {{"maxPoolPercent: 101",
                                 "3:17: ZswapConfig: maxPoolPercent: must be from 0 to 100"},
                                {"maxPoolPercent: 20", ""}});
}

TEST_CASE("validate: logical volumes have a group, a size and a type that fits") {
  CheckDocument(
      "LVMVolumeGroupConfig",
      {{"name: a b",
        "1:1: LVMVolumeGroupConfig a b: provisioning.volumeSelector.match: required\n"
        "3:7: LVMVolumeGroupConfig a b: name: only letters, digits, '-' and '_' are allowed"},
       {"name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
        "provisioning: {volumeSelector: {match: 'disk.size > 1u'}}",
        "3:7: LVMVolumeGroupConfig "
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: name: longer than "
        "63 characters"},
       {"name: a_b\n"
        "provisioning: {volumeSelector: {match: 'disk.size > 1u'}}",
        ""}});
  CheckDocument("LVMLogicalVolumeConfig",
                {{"name: a",
                  "1:1: LVMLogicalVolumeConfig a: provisioning.volumeGroup: required\n"
                  "1:1: LVMLogicalVolumeConfig a: provisioning.maxSize: required"},
                 {"name: a\n"
                  "provisioning: {volumeGroup: b, minSize: 2GiB, maxSize: 1GiB}\n"
                  "type: linear\n"
                  "mirrors: 1\n"
                  "stripes: 2",
                  "4:41: LVMLogicalVolumeConfig a: provisioning.minSize: greater than maxSize\n"
                  "6:10: LVMLogicalVolumeConfig a: mirrors: only supported by raid1 and raid10\n"
                  "7:10: LVMLogicalVolumeConfig a: stripes: only supported by raid0 and raid10"},
                 {"name: a\n"
                  "provisioning: {volumeGroup: b, maxSize: 1GiB}\n"
                  "type: raid10\n"
                  "mirrors: 0\n"
                  "stripes: 1",
                  "6:10: LVMLogicalVolumeConfig a: mirrors: must be at least 1\n"
                  "7:10: LVMLogicalVolumeConfig a: stripes: must be at least 2"}});
}

TEST_CASE("validate: arrays have a name and members") {
  CheckDocument("RAIDArrayConfig",
                {{"name: a.b\n"
                  "level: raid1",
                  "1:1: RAIDArrayConfig a.b: provisioning.volumeSelector.match: required\n"
                  "3:7: RAIDArrayConfig a.b: name: only letters, digits, '-' and '_' are allowed"},
                 {"name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
                  "level: raid1\n"
                  "provisioning: {volumeSelector: {match: 'disk.size > 1u'}}",
                  "3:7: RAIDArrayConfig aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: name: longer than 32 "
                  "characters"}});
}

}  // namespace
}  // namespace ichor::config
