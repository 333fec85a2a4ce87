// What container networks do, for a test: loads a BPF program, which lets every packet pass, and
// pins it at the path that is the one argument. Static, since it runs in a pod. bpf(2).
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>

namespace {

long Bpf(int command, bpf_attr& attributes) {
  return ::syscall(SYS_bpf, command, &attributes, sizeof(attributes));
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) {
    std::puts("usage: pin_program PATH");
    return 2;
  }
  const std::array<bpf_insn, 2> program = {{
      {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 1},
      {.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0},
  }};
  bpf_attr load{};
  load.prog_type = BPF_PROG_TYPE_CGROUP_SKB;
  load.expected_attach_type = BPF_CGROUP_INET_INGRESS;
  load.insns = reinterpret_cast<std::uintptr_t>(program.data());
  load.insn_cnt = program.size();
  load.license = reinterpret_cast<std::uintptr_t>("GPL");
  const long loaded = Bpf(BPF_PROG_LOAD, load);
  if (loaded < 0) {
    std::perror("bpf: load");
    return 1;
  }
  bpf_attr pin{};
  pin.pathname = reinterpret_cast<std::uintptr_t>(words[1]);
  pin.bpf_fd = static_cast<std::uint32_t>(loaded);
  if (Bpf(BPF_OBJ_PIN, pin) < 0) {
    std::perror("bpf: pin");
    return 1;
  }
  return 0;
}
