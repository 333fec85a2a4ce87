// The kernel parameters that every node has from its start: init sets them, machined shows them.
#pragma once

#include <array>

namespace ichor::early {

struct KernelParameter {
  const char* path;  // below /proc/sys
  const char* value;
};

// facts/boot.md 5.
inline constexpr std::array kKernelParameters = {
    KernelParameter{"dev/tty/ldisc_autoload", "0"},
    KernelParameter{"dev/tty/legacy_tiocsti", "0"},
    KernelParameter{"fs/protected_symlinks", "1"},
    KernelParameter{"fs/protected_hardlinks", "1"},
    KernelParameter{"fs/protected_fifos", "2"},
    KernelParameter{"fs/protected_regular", "2"},
    KernelParameter{"fs/suid_dumpable", "0"},
    KernelParameter{"kernel/kptr_restrict", "2"},
    KernelParameter{"kernel/dmesg_restrict", "1"},
    KernelParameter{"kernel/perf_event_paranoid", "3"},
    KernelParameter{"kernel/randomize_va_space", "2"},
    KernelParameter{"kernel/yama/ptrace_scope", "2"},
    KernelParameter{"user/max_user_namespaces", "0"},
    KernelParameter{"kernel/unprivileged_bpf_disabled", "1"},
    KernelParameter{"net/core/bpf_jit_harden", "2"},
    KernelParameter{"vm/unprivileged_userfaultfd", "0"},
    KernelParameter{"kernel/ctrl-alt-del", "0"},
    KernelParameter{"kernel/panic", "10"},
    KernelParameter{"kernel/panic_on_oops", "1"},  // the kubelet insists on it
    KernelParameter{"kernel/pid_max", "262144"},
    KernelParameter{"vm/overcommit_memory", "1"},
    KernelParameter{"fs/inotify/max_user_instances", "8192"},
    KernelParameter{"fs/aio-max-nr", "1048576"},
    KernelParameter{"net/ipv4/ip_forward", "1"},
    KernelParameter{"net/ipv4/icmp_ignore_bogus_error_responses", "1"},
    KernelParameter{"net/ipv4/icmp_echo_ignore_broadcasts", "1"},
    KernelParameter{"net/ipv4/conf/all/send_redirects", "0"},
    KernelParameter{"net/ipv4/conf/default/send_redirects", "0"},
    KernelParameter{"net/ipv4/ip_local_reserved_ports", "50000,50001"},
    KernelParameter{"net/ipv4/tcp_keepalive_time", "600"},
    KernelParameter{"net/ipv4/tcp_keepalive_intvl", "60"},
    // Of a module: there once it is loaded, with these values.
    KernelParameter{"net/bridge/bridge-nf-call-iptables", "1"},
    KernelParameter{"net/bridge/bridge-nf-call-ip6tables", "1"},
    KernelParameter{"net/ipv6/conf/default/forwarding", "1"},
    KernelParameter{"net/ipv6/conf/default/accept_ra", "2"},
};

}  // namespace ichor::early
