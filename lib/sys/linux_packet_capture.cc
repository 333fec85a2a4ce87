#include "lib/sys/linux_packet_capture.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <format>
#include <string_view>
#include <utility>

#include "lib/base/status.h"
#include "lib/base/unique_fd.h"
#include "lib/sys/error.h"

namespace ichor::sys {
namespace {

constexpr int kReceiveBufferBytes = 4 << 20;
constexpr size_t kVlanTagOffset = 12;  // behind both addresses
constexpr std::uint32_t kLargestFrameBytes = 262'144;

template <class T>
absl::Status SetOption(int fd, int level, int name, const T& value, std::string_view what) {
  return setsockopt(fd, level, name, &value, sizeof(value)) == 0 ? absl::OkStatus()
                                                                 : ErrnoError(errno, what);
}

// What the kernel says beside a frame.
struct Beside {
  base::WallTime time;
  std::string vlan_tag;  // that was taken out of the frame
};

void TakeTag(const tpacket_auxdata& auxiliary, Beside& beside) {
  if ((auxiliary.tp_status & TP_STATUS_VLAN_VALID) != 0) {
    const bool said = (auxiliary.tp_status & TP_STATUS_VLAN_TPID_VALID) != 0;
    const std::array<std::uint16_t, 2> tag = {
        htons(said ? auxiliary.tp_vlan_tpid : std::uint16_t{ETH_P_8021Q}),
        htons(auxiliary.tp_vlan_tci)};
    beside.vlan_tag.assign(reinterpret_cast<const char*>(tag.data()), sizeof(tag));
  }
}

Beside ReadBeside(msghdr& message) {
  Beside beside;
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
       part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SO_TIMESTAMPNS) {
      timespec time{};
      std::memcpy(&time, CMSG_DATA(part), sizeof(time));
      beside.time = base::WallTime(std::chrono::seconds(time.tv_sec) +
                                   std::chrono::nanoseconds(time.tv_nsec));
    } else if (part->cmsg_level == SOL_PACKET && part->cmsg_type == PACKET_AUXDATA) {
      tpacket_auxdata auxiliary{};
      std::memcpy(&auxiliary, CMSG_DATA(part), sizeof(auxiliary));
      TakeTag(auxiliary, beside);
    }
  }
  return beside;
}

class LinuxPacketCapture : public PacketCapture {
 public:
  LinuxPacketCapture(base::UniqueFd fd, FrameFormat format, const CaptureOptions& options)
      : fd_(std::move(fd)),
        format_(format),
        link_(options.link),
        buffer_(std::min(options.snap_bytes, kLargestFrameBytes), '\0') {}

  FrameFormat format() const override { return format_; }
  int fd() const override { return fd_.get(); }

  absl::StatusOr<std::optional<CapturedFrame>> Next() override {
    iovec part{.iov_base = buffer_.data(), .iov_len = buffer_.size()};
    alignas(cmsghdr) std::array<char, 256> beside_bytes;
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = beside_bytes.data();
    message.msg_controllen = beside_bytes.size();
    const ssize_t size = recvmsg(fd_.get(), &message, MSG_DONTWAIT | MSG_TRUNC);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
      return std::nullopt;
    }
    if (size < 0) {
      return absl::FailedPreconditionError(ErrnoError(errno, "capture on " + link_).message());
    }
    const Beside beside = ReadBeside(message);
    CapturedFrame frame{.time = beside.time,
                        .bytes = buffer_.substr(0, static_cast<size_t>(size)),
                        .original_bytes = static_cast<std::uint32_t>(size)};
    if (frame.bytes.size() >= kVlanTagOffset) {
      frame.bytes.insert(kVlanTagOffset, beside.vlan_tag);
      frame.original_bytes += static_cast<std::uint32_t>(beside.vlan_tag.size());
    }
    frame.bytes.resize(std::min(frame.bytes.size(), buffer_.size()));
    return frame;
  }

 private:
  const base::UniqueFd fd_;
  const FrameFormat format_;
  const std::string link_;
  std::string buffer_;
};

absl::StatusOr<FrameFormat> FormatOf(int fd, const std::string& link) {
  ifreq request{};
  link.copy(request.ifr_name, IFNAMSIZ - 1);
  if (ioctl(fd, SIOCGIFHWADDR, &request) != 0) {
    return ErrnoError(errno, "type of link " + link);
  }
  switch (request.ifr_hwaddr.sa_family) {
    case ARPHRD_ETHER:
    case ARPHRD_LOOPBACK:
      return FrameFormat::kEthernet;
    case ARPHRD_NONE:
    case ARPHRD_RAWIP:
    case ARPHRD_TUNNEL:
    case ARPHRD_TUNNEL6:
    case ARPHRD_SIT:
      return FrameFormat::kIp;
    default:
      return absl::UnimplementedError(std::format("capture on {}: links of type {} are not known",
                                                  link, request.ifr_hwaddr.sa_family));
  }
}

absl::Status Attach(int fd, const std::vector<BpfInstruction>& filter) {
  if (filter.empty()) {
    return absl::OkStatus();
  }
  if (filter.size() > BPF_MAXINSNS) {
    return absl::InvalidArgumentError(
        std::format("a filter of {} instructions is longer than {}", filter.size(), BPF_MAXINSNS));
  }
  std::vector<sock_filter> code;
  code.reserve(filter.size());
  for (const BpfInstruction& instruction : filter) {
    code.push_back({.code = instruction.code,
                    .jt = instruction.jump_true,
                    .jf = instruction.jump_false,
                    .k = instruction.operand});
  }
  const sock_fprog program{.len = static_cast<unsigned short>(code.size()), .filter = code.data()};
  return SetOption(fd, SOL_SOCKET, SO_ATTACH_FILTER, program, "attach packet filter");
}

}  // namespace

absl::StatusOr<std::unique_ptr<PacketCapture>> LinuxPacketCaptures::Open(
    const CaptureOptions& options) {
  const unsigned index = if_nametoindex(options.link.c_str());
  if (index == 0) {
    return absl::NotFoundError(std::format("no link \"{}\"", options.link));
  }
  // Protocol 0: nothing is received before the filter is there and the socket bound.
  base::UniqueFd fd(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.ok()) {
    const absl::Status error = ErrnoError(errno, "capture on " + options.link);
    return errno == EPERM ? absl::PermissionDeniedError(error.message()) : error;
  }
  ASSIGN_OR_RETURN(const FrameFormat format, FormatOf(fd.get(), options.link));
  RETURN_IF_ERROR(Attach(fd.get(), options.filter));
  const int on = 1;
  RETURN_IF_ERROR(SetOption(fd.get(), SOL_SOCKET, SO_TIMESTAMPNS, on, "timestamps of packets"));
  RETURN_IF_ERROR(SetOption(fd.get(), SOL_PACKET, PACKET_AUXDATA, on, "tags of packets"));
  RETURN_IF_ERROR(
      SetOption(fd.get(), SOL_SOCKET, SO_RCVBUF, kReceiveBufferBytes, "room for packets"));
  if (options.promiscuous) {
    packet_mreq membership{};
    membership.mr_ifindex = static_cast<int>(index);
    membership.mr_type = PACKET_MR_PROMISC;
    RETURN_IF_ERROR(
        SetOption(fd.get(), SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership, "promiscuous mode"));
  }
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(index);
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return ErrnoError(errno, "capture on " + options.link);
  }
  return std::make_unique<LinuxPacketCapture>(std::move(fd), format, options);
}

}  // namespace ichor::sys
