#include "lib/sys/small_heap.h"

#include <malloc.h>
#include <sys/prctl.h>

namespace ichor::sys {

void UseLittleMemory() {
  ::prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
  ::mallopt(M_ARENA_MAX, 1);
}

}  // namespace ichor::sys
