#include "ichorctl/nodes/test_node.h"

#include <format>
#include <utility>

#include "ichorctl/cli/parse.h"
#include "lib/pki/certificate.h"
#include "lib/pki/cluster/client_config.h"
#include "lib/rpc/tls.h"

namespace ichor::ctl {
namespace {

const std::string kLoopback("\x7f\x00\x00\x01", 4);

pki::Identity ServerIdentity(const pki::Identity& ca, const TestNode::Options& options,
                             base::WallTime now) {
  pki::Key key = *pki::Key::GenerateEd25519();
  const pki::Statement statement{.common_name = options.server_name,
                                 .ips = {kLoopback},
                                 .for_servers = true,
                                 .not_before = now - options.server_age,
                                 .lifetime = std::chrono::hours(24)};
  return {*pki::Sign(statement, key, ca.certificate, ca.key), key};
}

std::string NodeOf(const rpc::Metadata& metadata) {
  for (const auto& [name, value] : metadata) {
    if (name == "node") {
      return value;
    }
  }
  return "";
}

// Answers when the request is there.
class Answering : public rpc::Call {
 public:
  Answering(rpc::Stream& stream, std::function<TestNode::Reply(const std::string&)> answer)
      : stream_(stream), answer_(std::move(answer)) {}

  void OnMessage(std::string message) override {
    const TestNode::Reply reply = answer_(message);
    for (const std::string& text : reply.messages) {
      stream_.Send(text);
    }
    stream_.Finish(reply.status);
  }
  void OnEnd(const absl::Status& /*status*/) override {}

 private:
  rpc::Stream& stream_;
  const std::function<TestNode::Reply(const std::string&)> answer_;
};

}  // namespace

TestNode::TestNode(const Options& options)
    : loop_(*Loop::Create(clock_)),
      world_{.in = (*session_).in,
             .out = (*session_).out,
             .err = (*session_).err,
             .clock = clock_,
             .environment = (*session_).environment,
             .loop = loop_.get()},
      ca_(*pki::NewAuthority(pki::OsAuthority(), clock_.Now() - std::chrono::hours(24 * 30))),
      server_identity_(ServerIdentity(ca_, options, clock_.Now())) {
  const std::string cas = options.maintenance ? "" : ca_.certificate.ToPem();
  server_ = *rpc::Server::CreateTls(*loop_, clock_,
                                    {.address = "127.0.0.1:0",
                                     .context = *rpc::NewTlsServerContext(
                                         {.certificate_pem = server_identity_.certificate.ToPem(),
                                          .key_pem = server_identity_.key.ToPem(),
                                          .client_cas_pem = cas})});
  address_ = std::format("127.0.0.1:{}", *server_->Port());
  WriteClientConfig(options);
}

void TestNode::WriteClientConfig(const Options& options) {
  const base::WallTime hour_ago = clock_.Now() - std::chrono::hours(1);
  const pki::Identity other = *pki::NewAuthority(pki::OsAuthority(), hour_ago);
  const pki::Identity& ca = options.known ? ca_ : other;
  const pki::Identity client =
      *pki::NewClient(ca, options.roles, hour_ago, options.client_lifetime);
  pki::ClientConfig config{.current = "home"};
  pki::ClientContext& context = config.contexts["home"];
  context = pki::NewClientContext(ca.certificate, client, {address_});
  context.nodes = options.nodes;
  session_.Write(".talos/config", pki::ToYaml(config).text());
}

std::string TestNode::address() const {
  return address_;
}

void TestNode::Answer(const std::string& method, Method answer) {
  server_->Handle(method, [this, method, answer = std::move(answer)](rpc::Stream& stream) {
    return std::make_unique<Answering>(
        stream, [this, method, answer, node = NodeOf(stream.headers())](const std::string& bytes) {
          calls_.push_back({.method = method, .node = node, .request = bytes});
          return answer(Call(calls_.back()));
        });
  });
}

void TestNode::Answer(const std::string& method, const google::protobuf::Message& reply) {
  Answer(method, [bytes = reply.SerializeAsString()](const Call& /*call*/) {
    return Reply{.messages = {bytes}};
  });
}

void TestNode::Fail(const std::string& method, const absl::Status& status) {
  Answer(method,
         [status](const Call& /*call*/) { return Reply{.messages = {}, .status = status}; });
}

absl::Status TestNode::Run(const std::function<Command(const SharedNodeFlags&)>& make,
                           std::vector<std::string> words, std::string_view in) {
  const auto client = std::make_shared<ClientFlags>();
  const auto flags = std::make_shared<NodeFlags>();
  flags->client = client;
  const Command root{.name = "ichorctl", .summary = "", .commands = {make(flags)}};
  words.insert(words.begin(), root.commands.front().name);
  Invocation invocation;
  if (absl::Status status = Parse(root, words, invocation); !status.ok()) {
    return status;
  }
  session_.Begin(in);
  calls_.clear();
  return invocation.command().run(world_, invocation.arguments);
}

}  // namespace ichor::ctl
