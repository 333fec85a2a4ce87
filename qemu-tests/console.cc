#include "qemu-tests/console.h"

#include <cstddef>

namespace ichor::qemu {

bool IsBeforeInit(std::string_view console) {
  const std::size_t kernel = console.rfind("] Linux version ");
  const std::size_t program = console.rfind(" as init process");
  return kernel != console.npos && (program == console.npos || program < kernel);
}

}  // namespace ichor::qemu
