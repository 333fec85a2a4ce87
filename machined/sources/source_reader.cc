#include "machined/sources/source_reader.h"

#include <chrono>
#include <utility>

#include "lib/base/status.h"
#include "lib/sys/file.h"
#include "machined/config/apply_request.h"

namespace ichor {
namespace {

constexpr std::chrono::minutes kDownloadTime{3};

}  // namespace

void SourceReader::ReadEmbedded(Done done) {
  OnWorker(
      "config.read-embedded",
      [path = parts_.embedded] { return sys::ReadFile(path, kMaxConfigBytes); }, std::move(done));
}

void SourceReader::ReadVolume(const std::string& dev_path, const std::string& type,
                              const std::string& name, Done done) {
  OnWorker(
      "config.read-volume",
      [&systems = parts_.file_systems, dev_path, type, name]() -> absl::StatusOr<std::string> {
        ASSIGN_OR_RETURN(const std::unique_ptr<sys::MountedFiles> files,
                         systems.MountReadOnly(dev_path, type));
        absl::StatusOr<std::string> bytes = files->Read(name, kMaxConfigBytes);
        if (!bytes.ok()) {
          return base::Annotate(bytes.status(), dev_path);
        }
        return bytes;
      },
      std::move(done));
}

void SourceReader::Download(const std::string& url, Done done) {
  Cancel();
  wanted_ = std::make_shared<bool>(true);
  absl::StatusOr<std::unique_ptr<http::Client>> client = parts_.new_client();
  if (!client.ok()) {
    parts_.loop.Post([wanted = std::weak_ptr(wanted_), status = client.status(),
                      done = std::move(done)]() mutable {
      if (wanted.lock() != nullptr) {
        done(status);
      }
    });
    return;
  }
  client_ = *std::move(client);
  fetch_ = client_->Get(
      {.url = url, .headers = {}, .timeout = kDownloadTime, .max_bytes = kMaxConfigBytes},
      [done = std::move(done)](absl::StatusOr<http::Response> response) mutable {
        if (response.ok()) {
          done(std::move(response->body));
        } else {
          done(response.status());
        }
      });
}

void SourceReader::Cancel() {
  wanted_.reset();
  fetch_.reset();
  client_.reset();
}

void SourceReader::OnWorker(const std::string& name,
                            absl::AnyInvocable<absl::StatusOr<std::string>()> read, Done done) {
  Cancel();
  wanted_ = std::make_shared<bool>(true);
  parts_.worker.Run(name, [mailbox = parts_.loop.mailbox(), wanted = std::weak_ptr(wanted_),
                           read = std::move(read), done = std::move(done)]() mutable {
    mailbox->Post([wanted, result = read(), done = std::move(done)]() mutable {
      if (wanted.lock() != nullptr) {
        done(std::move(result));
      }
    });
  });
}

}  // namespace ichor
