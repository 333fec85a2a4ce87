#include "qemu-tests/kubernetes/name_server.h"

#include <filesystem>
#include <format>

#include "lib/base/status.h"
#include "lib/sys/file.h"
#include "qemu-tests/test_files.h"

namespace ichor::qemu {
namespace {

// RFC 1035. argv: the name, and the file with "A 10.0.2.15".
constexpr const char* kServer = R"(
import socket, struct, sys
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
print("serves names at port 53 ")
KINDS = {"A": (1, socket.AF_INET), "AAAA": (28, socket.AF_INET6)}
while True:
    query, client = server.recvfrom(4096)
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode().lower())
        at += query[at] + 1
    question = query[12:at + 5]
    asked = struct.unpack(">H", query[at + 1:at + 3])[0]
    with open(sys.argv[2]) as file:
        lines = [line.split() for line in file] if ".".join(labels) == sys.argv[1] else []
    answers = b""
    for kind, address in lines:
        number, family = KINDS[kind]
        data = socket.inet_pton(family, address)
        if number == asked:
            answers += b"\xc0\x0c" + struct.pack(">HHIH", number, 1, 1, len(data)) + data
    flags = 0x8180 if lines else 0x8183
    counts = struct.pack(">HHHHH", flags, 1, 1 if answers else 0, 0, 0)
    server.sendto(query[:2] + counts + question + answers, client)
)";

}  // namespace

absl::StatusOr<NameServer> NameServer::Start(const std::string& name) {
  std::filesystem::create_directories(TestDirectory());
  const std::string log = TestDirectory() + "/names.log";
  std::string records = TestDirectory() + "/names";
  RETURN_IF_ERROR(sys::WriteFileAtomically(records, "", 0600));
  ASSIGN_OR_RETURN(ChildProcess child,
                   ChildProcess::Start({"python3", "-u", "-c", kServer, name, records}, log));
  RETURN_IF_ERROR(PortOf(child, log, "at port ").status());
  return NameServer(std::move(child), std::move(records));
}

absl::Status NameServer::Answer(const std::string& type, const std::string& address) const {
  return sys::WriteFileAtomically(records_, std::format("{} {}\n", type, address), 0600);
}

}  // namespace ichor::qemu
