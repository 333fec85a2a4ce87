#include "machined/init/init_sandbox.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "catch2/catch_test_macros.hpp"

namespace ichor::init {
namespace {

namespace fs = std::filesystem;

constexpr int kTimeoutMs = 30'000;

bool Readable(int fd) {
  pollfd waiting = {.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&waiting, 1, kTimeoutMs) == 1;
}

std::string ReadAll(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

void Must(bool done, const char* what) {
  if (done) return;
  ::perror(what);
  ::_exit(99);
}

void WriteText(const char* path, const std::string& text) {
  const int fd = ::open(path, O_WRONLY | O_CLOEXEC);
  Must(fd >= 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()), path);
  ::close(fd);
}

void Bind(const std::string& from, const std::string& to) {
  Must(::mount(from.c_str(), to.c_str(), nullptr, MS_BIND | MS_REC, nullptr) == 0, to.c_str());
}

void BindFile(const std::string& from, const std::string& to) {
  std::ofstream(to).flush();
  Bind(from, to);
}

// What the programs need, and no more; `programs` is where the test's own lie.
void MakeRoot(const std::string& root, const std::string& shared, const std::string& programs,
              bool tries) {
  Must(::mount("tmpfs", root.c_str(), "tmpfs", 0, nullptr) == 0, "tmpfs");
  for (const char* directory :
       {"dev", "proc", "sys", "run", "system", "tmp", "test", "sbin", "usr/bin", "usr/lib"}) {
    fs::create_directories(root + "/" + directory);
  }
  if (tries) {
    fs::create_directories(root + "/system/run/boot");
    std::ofstream(root + "/system/run/boot/tries") << "\n";
  }
  Bind("/usr/lib", root + "/usr/lib");
  fs::create_symlink("usr/lib", root + "/lib");
  for (const char* library : {"/lib64", "/usr/lib64"}) {
    if (!fs::exists(library)) continue;
    fs::create_directories(root + library);
    Bind(library, root + library);
  }
  Bind("/proc", root + "/proc");
  Bind(shared, root + "/test");
  BindFile("/dev/null", root + "/dev/null");
  // Mount points of their own, so that init leaves them alone: a fresh /dev or /run must not be the
  // machine's.
  for (const char* directory : {"/dev", "/system"})
    Bind(root + directory, root + directory);
  BindFile(programs + "/init", root + "/sbin/init");
  BindFile(programs + "/init_test_machined", root + "/usr/bin/machined");
}

[[noreturn]] void RunInit(const std::string& shared, const std::string& programs, bool tries) {
  const std::string root = shared + ".root";
  MakeRoot(root, shared, programs, tries);
  const int console =
      ::open((shared + "/console").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  Must(console >= 0 && ::dup2(console, 1) == 1 && ::dup2(console, 2) == 2, "console");
  Must(::chdir(root.c_str()) == 0 && ::chroot(".") == 0 && ::chdir("/") == 0, "chroot");
  std::array<char*, 2> argv = {const_cast<char*>("init"), nullptr};
  std::array<char*, 2> env = {const_cast<char*>("ASAN_OPTIONS=detect_leaks=0"), nullptr};
  ::execve("/sbin/init", argv.data(), env.data());
  Must(false, "exec init");
  ::_exit(99);
}

// Who runs the test, by number.
struct Owner {
  std::string uid = std::to_string(::getuid());
  std::string gid = std::to_string(::getgid());
};

// fork() into namespaces of its own. Not fork() and unshare(): ThreadSanitizer gives every process
// that it sees forked a thread, and a process with threads gets no user namespace. See clone(2).
pid_t ForkIntoNamespaces() {
  return static_cast<pid_t>(
      ::syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | SIGCHLD,
                nullptr, nullptr, nullptr, nullptr));
}

// Runs in a child of the test, in namespaces of its own: starts init in a PID namespace, tells its
// PID and ends as init does.
[[noreturn]] void RunOuter(const std::string& shared, const std::string& programs, bool tries,
                           const Owner& owner, int pid_pipe) {
  WriteText("/proc/self/setgroups", "deny");
  WriteText("/proc/self/uid_map", "0 " + owner.uid + " 1");
  WriteText("/proc/self/gid_map", "0 " + owner.gid + " 1");
  Must(::unshare(CLONE_NEWPID) == 0, "unshare");
  const pid_t pid = ::fork();
  if (pid == 0) RunInit(shared, programs, tries);
  Must(::write(pid_pipe, &pid, sizeof(pid)) == sizeof(pid), "tell the PID");
  int status = 0;
  ::waitpid(pid, &status, 0);
  // The signal cannot be had again by dying of it: as a number.
  ::_exit(WIFSIGNALED(status) ? 64 + WTERMSIG(status) : WEXITSTATUS(status));
}

base::UniqueFd Listen(const std::string& path) {
  base::UniqueFd fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  REQUIRE(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  REQUIRE(::listen(fd.get(), 16) == 0);
  return fd;
}

}  // namespace

std::string Event::TailText() const {
  const auto tail = Tail(std::as_bytes(std::span(bytes)));
  return {reinterpret_cast<const char*>(tail.data()), tail.size()};
}

void TestMachined::Send(const std::string& message) const {
  REQUIRE(::send(fd_.get(), message.data(), message.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(message.size()));
}

Event TestMachined::Next() const {
  REQUIRE(Readable(fd_.get()));
  Event event{std::string(kMaxMessage, '\0')};
  const auto got = ::recv(fd_.get(), event.bytes.data(), event.bytes.size(), 0);
  event.bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return event;
}

std::vector<Event> TestMachined::Until(Type type) const {
  std::vector<Event> events;
  do {
    events.push_back(Next());
    REQUIRE_FALSE(events.back().bytes.empty());
  } while (!events.back().Is(type));
  return events;
}

InitSandbox::InitSandbox(bool tries) {
  std::string path = "/tmp/init.XXXXXX";
  REQUIRE(::mkdtemp(path.data()) != nullptr);
  shared_ = path;
  fs::create_directory(shared_ + ".root");
  listener_ = Listen(shared_ + "/socket");
  const std::string programs = fs::read_symlink("/proc/self/exe").parent_path();
  std::array<int, 2> pipe{};
  REQUIRE(::pipe2(pipe.data(), O_CLOEXEC) == 0);
  const Owner owner;
  outer_ = ForkIntoNamespaces();
  if (outer_ == 0) RunOuter(shared_, programs, tries, owner, pipe[1]);
  ::close(pipe[1]);
  const base::UniqueFd read_end(pipe[0]);
  REQUIRE(::read(read_end.get(), &init_, sizeof(init_)) == sizeof(init_));
}

InitSandbox::~InitSandbox() {
  if (outer_ > 0) {
    // init's end takes its namespace with it.
    ::kill(init_, SIGKILL);
    ::waitpid(outer_, nullptr, 0);
  }
  fs::remove_all(shared_);
  fs::remove_all(shared_ + ".root");
}

TestMachined InitSandbox::Accept() const {
  INFO("init said:\n" << Console());
  REQUIRE(Readable(listener_.get()));
  const base::UniqueFd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  std::array<char, 256> text{};
  std::array<char, CMSG_SPACE(sizeof(int))> control{};
  iovec data = {.iov_base = text.data(), .iov_len = text.size()};
  msghdr message = {};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const auto got = ::recvmsg(connection.get(), &message, MSG_CMSG_CLOEXEC);
  REQUIRE(got > 0);
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  REQUIRE(header != nullptr);
  int fd = -1;
  std::memcpy(&fd, CMSG_DATA(header), sizeof(fd));
  return {base::UniqueFd(fd), std::string(text.data(), static_cast<std::size_t>(got) - 1)};
}

Command InitSandbox::Helper(const std::string& id, const std::vector<std::string>& argv) const {
  return {.id = id,
          .path = "/usr/bin/machined",
          .argv = argv,
          .env = {"ASAN_OPTIONS=detect_leaks=0"},
          .cgroup = id};
}

void InitSandbox::Signal(int number) const {
  REQUIRE(::kill(init_, number) == 0);
}

int InitSandbox::Wait() {
  int status = 0;
  REQUIRE(::waitpid(outer_, &status, 0) == outer_);
  outer_ = -1;
  const int code = WEXITSTATUS(status);
  return code >= 64 && code != 99 ? code - 64 : code << 8;
}

std::string InitSandbox::Console() const {
  return ReadAll(shared_ + "/console");
}

int InitSandbox::Children(char state) const {
  int count = 0;
  const std::string pid = std::to_string(init_);
  std::istringstream children(ReadAll("/proc/" + pid + "/task/" + pid + "/children"));
  for (int child = 0; children >> child;) {
    const std::string stat = ReadAll("/proc/" + std::to_string(child) + "/stat");
    const auto end = stat.rfind(')');
    if (end != std::string::npos && end + 2 < stat.size() && stat[end + 2] == state) ++count;
  }
  return count;
}

}  // namespace ichor::init
