// What the host asks a guest over a serial port, a line each:
//
//   read PATH      the content of a file
//   list PATH      the names in a directory, a line each
//   space PATH     statfs(2): bytes in use on the file system there
//   run            what the program that came with the agent prints, once it has ended
//
// Paths are below the guest's /proc; "1/root/…" leads to everything else. The answer is pieces,
// each its length as a decimal line and then its bytes; "0" ends it, "-ERRNO" instead if it failed.
#pragma once

#include <string_view>

namespace ichor::agent {

// Turns off everything a terminal does to bytes. False, with errno, if it is none.
bool MakeRaw(int terminal);

// What the agent has open.
struct Places {
  int port = -1;
  int proc = -1;
  int program = -1;  // that `run` starts; -1: none
};

// Answers requests from the port until it ends. Blocks.
void ServeRequests(const Places& places);

// Answers one request, a line without its end.
void Answer(std::string_view request, const Places& places);

}  // namespace ichor::agent
