// How much memory a program takes for what it uses.
#pragma once

namespace ichor::sys {

// From now on the process gets its memory in small pages and from one arena: of a huge page
// (prctl(2), PR_SET_THP_DISABLE), and of an arena for each thread (mallopt(3)), small programs use
// a part only. Call it before the first thread is started. It need not succeed.
void UseLittleMemory();

}  // namespace ichor::sys
