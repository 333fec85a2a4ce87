#include <zlib.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "catch2/catch_test_macros.hpp"
#include "common/common.pb.h"
#include "cosi/resource/meta.pb.h"
#include "cosi/resource/state.pb.h"
#include "ichorctl/look/ask.h"
#include "ichorctl/nodes/test_node.h"
#include "ichorctl/support/support_command.h"
#include "ichorctl/support/zip_writer.h"
#include "lib/base/fake_clock.h"
#include "lib/base/status_matchers.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

using base::IsOk;
using base::StatusIs;
using Definition = cosi::resource::meta::ResourceDefinitionSpec;

// A little-endian number of `size` bytes.
size_t NumberAt(std::string_view bytes, size_t at, size_t size) {
  size_t number = 0;
  for (size_t i = 0; i < size; ++i) {
    number |= static_cast<size_t>(static_cast<unsigned char>(bytes.at(at + i))) << (8 * i);
  }
  return number;
}

std::string Inflated(std::string_view packed, size_t size) {
  std::string out(size, '\0');
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, -MAX_WBITS) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(size);
  CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  inflateEnd(&stream);
  return out;
}

// The files of an archive, found as readers find them: from its end.
std::map<std::string, std::string> Unzipped(std::string_view zip) {
  constexpr size_t kEndBytes = 22;
  const size_t end = zip.size() - kEndBytes;
  REQUIRE(NumberAt(zip, end, 4) == 0x06054b50);
  size_t entry = NumberAt(zip, end + 16, 4);
  std::map<std::string, std::string> files;
  for (size_t left = NumberAt(zip, end + 10, 2); left > 0; --left) {
    REQUIRE(NumberAt(zip, entry, 4) == 0x02014b50);
    const size_t name_bytes = NumberAt(zip, entry + 28, 2);
    const std::string name(zip.substr(entry + 46, name_bytes));
    const size_t file = NumberAt(zip, entry + 42, 4);
    REQUIRE(NumberAt(zip, file, 4) == 0x04034b50);
    const std::string contents =
        Inflated(zip.substr(file + 30 + name_bytes, NumberAt(zip, entry + 20, 4)),
                 NumberAt(zip, entry + 24, 4));
    CHECK(crc32(0, reinterpret_cast<const Bytef*>(contents.data()),
                static_cast<uInt>(contents.size())) == NumberAt(zip, entry + 16, 4));
    files[name] = contents;
    entry += 46 + name_bytes;
  }
  CHECK(entry == end);
  return files;
}

void AnswerWithText(TestNode& node, std::string_view method, const std::string& text) {
  common::Data data;
  data.set_bytes(text);
  node.Answer(MachineMethod(method), data);
}

std::string DefinitionOf(const std::string& type, Definition::Sensitivity sensitivity) {
  Definition definition;
  definition.set_resource_type(type);
  definition.set_default_namespace("network");
  definition.set_sensitivity(sensitivity);
  cosi::resource::ListResponse reply;
  reply.mutable_resource()->mutable_spec()->set_proto_spec(definition.SerializeAsString());
  return reply.SerializeAsString();
}

// A node that gives its kernel's log, one service, its config, and resources.
void FillNode(TestNode& node) {
  AnswerWithText(node, "Dmesg", "kern: one\n");
  AnswerWithText(node, "Logs", "a line\n");
  machine::ServiceListResponse services;
  services.add_messages()->add_services()->set_id("apid");
  node.Answer(MachineMethod("ServiceList"), services);
  cosi::resource::GetResponse config;
  config.mutable_resource()->mutable_spec()->set_yaml_spec(
      "version: v1alpha1\nmachine:\n    type: worker\n    token: abc.secret\n");
  node.Answer("/cosi.resource.State/Get", config);
  node.Answer("/cosi.resource.State/List", [](const TestNode::Call& call) {
    cosi::resource::ListRequest request;
    request.ParseFromString(call.request);
    if (request.type() == "ResourceDefinitions.meta.cosi.dev") {
      return TestNode::Reply{
          .messages = {DefinitionOf("LinkStatuses.net.talos.dev", Definition::NON_SENSITIVE),
                       DefinitionOf("OSRootSecrets.secrets.talos.dev", Definition::SENSITIVE)}};
    }
    if (request.type() != "LinkStatuses.net.talos.dev") {
      return TestNode::Reply{};  // nothing of that type
    }
    cosi::resource::ListResponse reply;
    reply.mutable_resource()->mutable_metadata()->set_id("eth0");
    reply.mutable_resource()->mutable_spec()->set_yaml_spec("mtu: 1500\n");
    return TestNode::Reply{.messages = {reply.SerializeAsString()}};
  });
}

}  // namespace

TEST_CASE("zip: what was added comes out again, with its checksum") {
  const base::FakeClock clock;
  ZipWriter zip(clock.Now());
  const std::string long_text(100'000, 'x');
  zip.Add("a/b", "");
  zip.Add("ä", long_text);
  const std::string archive = std::move(zip).Finish();
  CHECK(archive.size() < 1000);
  CHECK(Unzipped(archive) == std::map<std::string, std::string>{{"a/b", ""}, {"ä", long_text}});
}

TEST_CASE("support: a directory for each node, without secrets, with what could not be had") {
  TestNode node;
  FillNode(node);
  const std::string path = node.session().PathOf("support.zip");
  REQUIRE_THAT(node.Run(SupportCommand, {"-O", path}), IsOk());
  CHECK(node.session().ModeOf("support.zip") == 0600);
  CHECK(node.err().contains("wrote " + path));
  const auto files = Unzipped(node.session().Read("support.zip"));
  CHECK(files.at("10.0.0.2/dmesg.log") == "kern: one\n");
  CHECK(files.at("10.0.0.2/apid.log") == "a line\n");
  CHECK(files.at("10.0.0.2/apid.state").contains("apid"));
  CHECK(files.at("10.0.0.2/services").contains("apid"));
  CHECK(files.at("10.0.0.2/machineconfig.yaml").contains("token: REDACTED"));
  CHECK(files.at("10.0.0.2/talosResources/linkstatuses.net.talos.dev.yaml").contains("id: eth0"));
  CHECK_FALSE(files.contains("10.0.0.2/talosResources/osrootsecrets.secrets.talos.dev.yaml"));
  CHECK(files.at("10.0.0.2/errors.txt").contains("mounts: "));
  for (const auto& [name, contents] : files) {
    INFO(name);
    CHECK_FALSE(contents.contains("abc.secret"));
  }
}

TEST_CASE("support: a file that is there is replaced only if somebody says so") {
  TestNode node;
  FillNode(node);
  node.session().Write("support.zip", "old");
  const std::string path = node.session().PathOf("support.zip");
  CHECK_THAT(node.Run(SupportCommand, {"-O", path}, "n\n"),
             StatusIs(absl::StatusCode::kCancelled, path + " stays as it is"));
  CHECK(node.session().Read("support.zip") == "old");
  REQUIRE_THAT(node.Run(SupportCommand, {"-O", path}, "y\n"), IsOk());
  CHECK(node.session().Read("support.zip") != "old");
}

TEST_CASE("support: nodes that give nothing are told, and nothing is written if none gives any") {
  TestNode node;
  const std::string path = node.session().PathOf("support.zip");
  const std::string dead = node.address();
  node.Stop();
  const absl::Status status = node.Run(SupportCommand, {"-O", path, "-v"});
  CHECK(absl::IsUnavailable(status));
  CHECK(status.message().starts_with("10.0.0.2: " + dead + ": Connection refused"));
  CHECK_FALSE(node.session().Exists("support.zip"));
  CHECK(absl::IsUnimplemented(node.Run(SupportCommand, {"--encryption-recipients", "age1x"})));
}

}  // namespace ichor::ctl
