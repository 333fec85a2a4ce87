// The words that start QEMU.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "qemu-tests/machine_spec.h"

namespace ichor::qemu {

// What a machine is started with, beside what it is.
struct LaunchOptions {
  std::string accelerator;     // QEMU's -accel
  std::string command_line;    // the kernel's, when QEMU boots it directly
  std::uint16_t api_port = 0;  // on 127.0.0.1; leads to the node's API over the first carrier
  std::uint16_t kubernetes_port = 0;  // the same, to its Kubernetes API server; 0: none
  std::uint16_t served_port = 0;      // the same, to what the machine serves
  // The socket of the injector's port. A short path: 107 bytes are the most.
  std::string injector;
  std::string monitor;  // the socket of QEMU's machine protocol; as short
};

// The command for a machine.
std::vector<std::string> QemuCommand(const MachineSpec& spec, const MachineFiles& files,
                                     const LaunchOptions& options);

// The initramfs that QEMU gives to a machine.
std::string InitramfsPath(const MachineSpec& spec, const MachineFiles& files);

// The file that a machine's UEFI variables begin with.
std::string UefiVariables(Arch arch);

}  // namespace ichor::qemu
