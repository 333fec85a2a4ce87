// The programs of a node in one executable, which share its pages: the name it is called by says
// which one it is.
#include "apid/main.h"

#include <array>
#include <cstdio>
#include <string_view>

#include "cni/main.h"
#include "dashboard/main.h"
#include "lib/sys/small_heap.h"
#include "machined/main.h"
#include "networkd/main.h"
#include "trustd/main.h"

namespace {

struct Program {
  std::string_view name;
  int (*main)(int argc, char** argv);
};

constexpr std::array kPrograms = {
    Program{.name = "machined", .main = ichor::machined::Main},
    Program{.name = "networkd", .main = ichor::networkd::Main},
    Program{.name = "apid", .main = ichor::apid::Main},
    Program{.name = "trustd", .main = ichor::trustd::Main},
    Program{.name = "dashboard", .main = ichor::dashboard::Main},
    Program{.name = "flannel", .main = ichor::cni::Main},
};

}  // namespace

int main(int argc, char** argv) {
  const std::string_view path = argc > 0 ? argv[0] : "";
  const std::string_view name = path.substr(path.rfind('/') + 1);
  for (const Program& program : kPrograms) {
    if (program.name == name) {
      ichor::sys::UseLittleMemory();
      return program.main(argc, argv);
    }
  }
  std::fputs("ichor-node: to be called as", stderr);
  for (const Program& program : kPrograms) {
    std::fprintf(stderr, " %.*s", static_cast<int>(program.name.size()), program.name.data());
  }
  std::fputs("\n", stderr);
  return 2;
}
