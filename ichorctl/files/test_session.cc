#include "ichorctl/files/test_session.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace ichor::ctl {

TestSession::TestSession() : session_{.in = in_, .out = out_, .err = err_, .clock = clock_} {
  std::string path = (std::filesystem::temp_directory_path() / "ichorctl-XXXXXX").string();
  directory_ = mkdtemp(path.data());
  session_.environment["HOME"] = directory_.string();
}

TestSession::~TestSession() {
  std::error_code error;
  std::filesystem::remove_all(directory_, error);
}

void TestSession::Begin(std::string_view in) {
  out_.str({});
  err_.str({});
  in_.clear();
  in_.str(std::string(in));
}

std::string TestSession::Read(std::string_view name) const {
  std::ifstream file(directory_ / name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void TestSession::Write(std::string_view name, std::string_view text) const {
  std::filesystem::create_directories((directory_ / name).parent_path());
  std::ofstream(directory_ / name, std::ios::binary) << text;
}

unsigned TestSession::ModeOf(std::string_view name) const {
  return static_cast<unsigned>(std::filesystem::status(directory_ / name).permissions());
}

}  // namespace ichor::ctl
