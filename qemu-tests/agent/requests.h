// What the host asks a guest over a serial port, a line each:
//
//   read PATH      the content of a file
//   list PATH      the names in a directory, a line each
//   space PATH     statfs(2): bytes in use on the file system there
//
// Paths are below the guest's /proc; "1/root/…" leads to everything else. The answer is pieces,
// each its length as a decimal line and then its bytes; "0" ends it, "-ERRNO" instead if it failed.
#pragma once

#include <string_view>

namespace ichor::agent {

// Turns off everything a terminal does to bytes. False, with errno, if it is none.
bool MakeRaw(int terminal);

// Answers requests from `port` until it ends. Blocks.
void ServeRequests(int port, int proc);

// Answers one request, a line without its end.
void Answer(std::string_view request, int port, int proc);

}  // namespace ichor::agent
