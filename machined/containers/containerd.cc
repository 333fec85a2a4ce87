#include "machined/containers/containerd.h"

#include "containerd/content.pb.h"

namespace ichor {

google::protobuf::Any Packed(const google::protobuf::Message& message) {
  google::protobuf::Any any;
  any.set_type_url(message.GetTypeName());
  any.set_value(message.SerializeAsString());
  return any;
}

absl::StatusOr<std::unique_ptr<Containerd>> Containerd::Connect(Loop& loop,
                                                                const std::string& socket,
                                                                std::string_view name_space) {
  ASSIGN_OR_RETURN(std::unique_ptr<rpc::Client> client, rpc::Client::Connect(loop, socket));
  return std::unique_ptr<Containerd>(
      new Containerd(std::move(client), {{"containerd-namespace", std::string(name_space)}}));
}

Containerd::Containerd(std::unique_ptr<rpc::Client> client, rpc::Metadata metadata)
    : client_(std::move(client)), metadata_(std::move(metadata)) {
  client_->SetMetadata(metadata_);
}

void Containerd::OpenStream(
    const std::string& path,
    const std::function<std::unique_ptr<rpc::Call>(rpc::Stream&)>& make_call) {
  client_->Open(path, metadata_, make_call);
}

void Containerd::ReadBlob(const std::string& digest, Done<std::string> done) {
  using containerd::services::content::v1::ReadContentRequest;
  using containerd::services::content::v1::ReadContentResponse;
  constexpr size_t kLargest = 4 << 20;  // bytes: what we read are small files
  ReadContentRequest request;
  request.set_digest(digest);
  auto blob = std::make_shared<std::string>();
  client_->ServerStream(
      "/containerd.services.content.v1.Content/Read", request.SerializeAsString(),
      [blob](const std::string& message) {
        ReadContentResponse part;
        if (part.ParseFromString(message) && blob->size() < kLargest) {
          *blob += part.data();
        }
      },
      WhileAlive<absl::Status>([blob, done = std::move(done)](const absl::Status& status) mutable {
        if (status.ok()) {
          done(std::move(*blob));
        } else {
          done(status);
        }
      }));
}

}  // namespace ichor
