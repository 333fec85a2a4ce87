#include "machined/containers/images.h"

#include <format>
#include <memory>
#include <string_view>
#include <utility>

#include "containerd/images.pb.h"
#include "containerd/transfer_types.pb.h"
#include "machined/containers/side_stream.h"
#include "machined/containers/transfers.h"

namespace ichor {
namespace {

// Reads an image's files one after the other. Owned by what waits for them.
class ImageReader : public std::enable_shared_from_this<ImageReader> {
 public:
  ImageReader(Containerd& containerd, Containerd::Done<ImageConfig> done)
      : containerd_(containerd), done_(std::move(done)) {}

  void Begin(const std::string& image) {
    namespace v1 = containerd::services::images::v1;
    v1::GetImageRequest request;
    request.set_name(image);
    containerd_.Call<v1::GetImageResponse>(
        "/containerd.services.images.v1.Images/Get", request,
        [self = shared_from_this()](absl::StatusOr<v1::GetImageResponse> reply) {
          if (reply.ok()) {
            self->ReadIndex(reply->image().target().digest());
          } else {
            self->done_(reply.status());
          }
        });
  }

 private:
  // Reads a blob and goes on with what is found in it.
  template <class Next>
  void Read(const std::string& digest, Next next) {
    containerd_.ReadBlob(digest, [self = shared_from_this(),
                                  next = std::move(next)](absl::StatusOr<std::string> blob) {
      if (blob.ok()) {
        next(*self, *blob);
      } else {
        self->done_(blob.status());
      }
    });
  }

  void ReadIndex(const std::string& digest) {
    Read(digest, [](ImageReader& self, const std::string& blob) {
      const absl::StatusOr<std::string> manifest = ManifestFor(blob, ImageArchitecture());
      if (!manifest.ok()) {
        self.done_(manifest.status());
      } else if (manifest->empty()) {
        self.ReadManifest(blob);
      } else {
        self.Read(*manifest,
                  [](ImageReader& next, const std::string& text) { next.ReadManifest(text); });
      }
    });
  }

  void ReadManifest(const std::string& manifest) {
    const absl::StatusOr<std::string> digest = ConfigOf(manifest);
    if (!digest.ok()) {
      done_(digest.status());
      return;
    }
    Read(*digest,
         [](ImageReader& self, const std::string& config) { self.done_(ReadImageConfig(config)); });
  }

  Containerd& containerd_;
  Containerd::Done<ImageConfig> done_;
};

namespace types = containerd::types::transfer;

types::AuthResponse ResponseOf(const RegistryLogins& logins, const types::AuthRequest& request) {
  types::AuthResponse response;
  const auto login = logins.find(request.host());
  if (login == logins.end()) {
    return response;
  }
  const auto& [username, password, token] = login->second;
  response.set_authtype(token.empty() ? types::CREDENTIALS : types::REFRESH);
  response.set_username(username);
  response.set_secret(token.empty() ? password : token);
  return response;
}

// `logins`: the stream on which containerd asks for them; null if there are none.
void PullFrom(Containerd& containerd, const std::string& image,
              const std::shared_ptr<SideStream>& logins, Containerd::Done<bool> done) {
  types::OCIRegistry source;
  source.set_reference(image);
  source.mutable_resolver()->set_host_dir(kRegistryHosts);
  source.mutable_resolver()->set_auth_stream(logins == nullptr ? "" : logins->id());
  types::ImageStore destination = StoreForThisMachine();
  destination.set_name(image);
  Transfer(containerd, source, destination, "",
           [logins, done = std::move(done)](absl::StatusOr<bool> pulled) mutable {
             if (logins != nullptr) {
               logins->Close();
             }
             done(std::move(pulled));
           });
}

}  // namespace

void PullImage(Containerd& containerd, const std::string& image, const RegistryLogins& logins,
               Containerd::Done<bool> done) {
  if (logins.empty()) {
    PullFrom(containerd, image, nullptr, std::move(done));
    return;
  }
  SideStream::Open(
      containerd,
      {.on_ready =
           [&containerd, image, done = std::move(done)](const std::shared_ptr<SideStream>& stream,
                                                        const absl::Status& status) mutable {
             if (status.ok()) {
               PullFrom(containerd, image, stream, std::move(done));
             } else {
               done(status);
             }
           },
       .on_message =
           [logins](SideStream& stream, const google::protobuf::Any& message) {
             types::AuthRequest request;
             if (request.ParseFromString(message.value())) {
               stream.Send(ResponseOf(logins, request));
             }
           }});
}

void ReadImage(Containerd& containerd, const std::string& image,
               Containerd::Done<ImageConfig> done) {
  std::make_shared<ImageReader>(containerd, std::move(done))->Begin(image);
}

void ReadImageSize(Containerd& containerd, const std::string& digest,
                   Containerd::Done<std::int64_t> done) {
  containerd.ReadBlob(digest, [&containerd, done = std::move(done)](
                                  const absl::StatusOr<std::string>& blob) mutable {
    const absl::StatusOr<std::string> manifest =
        blob.ok() ? ManifestFor(*blob, ImageArchitecture()) : blob.status();
    if (!manifest.ok()) {
      done(manifest.status());
    } else if (manifest->empty()) {
      done(SizeOf(*blob));
    } else {
      ReadImageSize(containerd, *manifest, std::move(done));
    }
  });
}

absl::Status CannotPull(const std::string& image, const absl::Status& status) {
  const std::string_view message = base::MessageOf(status);
  const size_t colon = message.rfind(": ");
  const std::string_view cause =
      colon == std::string_view::npos ? message : message.substr(colon + 2);
  return {status.code(), std::format("image {} cannot be pulled: {}", image, cause)};
}

}  // namespace ichor
