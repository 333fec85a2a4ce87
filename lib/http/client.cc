#include "lib/http/client.h"

#include <curl/curl.h>

#include <array>
#include <cstdint>
#include <format>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "lib/base/status.h"
#include "lib/base/version.h"
#include "lib/http/answer.h"
#include "lib/http/curl_code.h"
#include "lib/http/multi.h"
#include "lib/http/shown_url.h"
#include "lib/sys/file.h"

namespace ichor::http {
namespace {

constexpr long kMaxRedirects = 10;
constexpr size_t kMaxCaBytes = 16 << 20;

class CurlFetch : public Fetch {
 public:
  // For the transfer's end, however it comes: called at most once.
  CurlFetch(Loop& loop, Multi& multi, Request request, Done done)
      : loop_(loop), multi_(multi), request_(std::move(request)), done_(std::move(done)) {}

  ~CurlFetch() override { Stop(); }
  CurlFetch(const CurlFetch&) = delete;
  CurlFetch& operator=(const CurlFetch&) = delete;

  void Begin(const ClientOptions& options, base::MonotonicTime now) {
    if (const absl::Status begun = Prepare(options); !begun.ok()) {
      Finish(begun);
      return;
    }
    timer_ = loop_.RunAt(now + request_.timeout, [this] {
      timer_.reset();
      Finish(absl::DeadlineExceededError(
          std::format("{}: not finished within {} s", Name(),
                      std::chrono::duration_cast<std::chrono::seconds>(request_.timeout).count())));
    });
  }

  // The transfer is over.
  void OnTransferred(CURLcode code) {
    if (code != CURLE_OK || too_large_) {
      Finish(Failure(too_large_ ? CURLE_FILESIZE_EXCEEDED : code));
      return;
    }
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    if (absl::Status answer = StatusOfAnswer(status, Name()); !answer.ok()) {
      Finish(std::move(answer));
      return;
    }
    Finish(Response{.status = status, .body = std::move(body_)});
  }

 private:
  static size_t OnBody(const char* bytes, size_t /*one*/, size_t size, void* self) {
    auto& fetch = *static_cast<CurlFetch*>(self);
    if (size > fetch.request_.max_bytes - fetch.body_.size()) {
      fetch.too_large_ = true;
      return CURL_WRITEFUNC_ERROR;
    }
    fetch.body_.append(bytes, size);
    return size;
  }

  template <class T>
  void Set(CURLoption option, T value) {
    curl_easy_setopt(easy_.get(), option, value);  // fails only for options that are not there
  }

  absl::Status Prepare(const ClientOptions& options) {
    easy_.reset(curl_easy_init());
    const bool tls = request_.url.starts_with("https:");
    const char* const schemes = tls ? "https" : "http,https";
    Set(CURLOPT_PRIVATE, this);
    Set(CURLOPT_URL, request_.url.c_str());
    Set(CURLOPT_PROTOCOLS_STR, "http,https");
    Set(CURLOPT_REDIR_PROTOCOLS_STR, schemes);
    Set(CURLOPT_FOLLOWLOCATION, 1L);
    Set(CURLOPT_MAXREDIRS, kMaxRedirects);
    Set(CURLOPT_NOSIGNAL, 1L);
    Set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    Set(CURLOPT_ERRORBUFFER, error_.data());
    Set(CURLOPT_WRITEFUNCTION, &CurlFetch::OnBody);
    Set(CURLOPT_WRITEDATA, this);
    Set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(request_.max_bytes));
    Set(CURLOPT_USERAGENT, std::format("Ichor/{}", base::kVersion).c_str());
    for (const auto& [name, value] : request_.headers) {
      headers_.reset(
          curl_slist_append(headers_.release(), std::format("{}: {}", name, value).c_str()));
    }
    Set(CURLOPT_HTTPHEADER, headers_.get());
    if (const std::string& proxy = tls ? options.https_proxy : options.http_proxy; !proxy.empty()) {
      Set(CURLOPT_PROXY, proxy.c_str());
      Set(CURLOPT_NOPROXY, options.no_proxy.c_str());
    }
    RETURN_IF_ERROR(Trust(options));
    return multi_.Add(easy_.get());
  }

  // Without other CAs the library reads the file itself.
  absl::Status Trust(const ClientOptions& options) {
    Set(CURLOPT_CA_CACHE_TIMEOUT, 0L);
    if (options.extra_cas_pem.empty()) {
      Set(CURLOPT_CAINFO, options.ca_file.c_str());
      Set(CURLOPT_PROXY_CAINFO, options.ca_file.c_str());
      return absl::OkStatus();
    }
    absl::StatusOr<std::string> cas = sys::ReadFile(options.ca_file, kMaxCaBytes);
    if (!cas.ok() && !absl::IsNotFound(cas.status())) {
      return cas.status();
    }
    std::string all = std::move(cas).value_or("") + "\n" + options.extra_cas_pem;
    const curl_blob blob{.data = all.data(), .len = all.size(), .flags = CURL_BLOB_COPY};
    Set(CURLOPT_CAINFO_BLOB, &blob);
    Set(CURLOPT_PROXY_CAINFO_BLOB, &blob);
    return absl::OkStatus();
  }

  std::string Name() const { return "GET " + ShownUrl(request_.url); }

  absl::Status Failure(CURLcode code) const {
    if (code == CURLE_FILESIZE_EXCEEDED) {
      return absl::ResourceExhaustedError(
          std::format("{}: the answer is larger than {} bytes", Name(), request_.max_bytes));
    }
    const std::string_view said = error_.data();
    return {CodeOf(code),
            std::format("{}: {}", Name(), said.empty() ? curl_easy_strerror(code) : said)};
  }

  // Ends the transfer, and calls `done_` in a later turn unless the fetch is destroyed before.
  void Finish(absl::StatusOr<Response> result) {
    Stop();
    if (!finished_) {
      finished_ = true;
      loop_.Post([self = std::weak_ptr(self_), result = std::move(result)]() mutable {
        if (const auto fetch = self.lock()) {
          Done done = std::move((*fetch)->done_);  // it may destroy the fetch
          done(std::move(result));
        }
      });
    }
  }

  void Stop() {
    if (timer_.has_value()) {
      loop_.Cancel(*timer_);
      timer_.reset();
    }
    if (easy_ != nullptr) {
      multi_.Remove(easy_.get());
      easy_.reset();
    }
  }

  Loop& loop_;
  Multi& multi_;
  const Request request_;
  Done done_;
  const std::shared_ptr<CurlFetch*> self_ = std::make_shared<CurlFetch*>(this);
  std::array<char, CURL_ERROR_SIZE> error_{};
  std::unique_ptr<curl_slist, FreeList> headers_;
  std::unique_ptr<CURL, FreeEasy> easy_;  // absent: not begun, or over
  std::optional<Loop::TimerId> timer_;
  std::string body_;
  bool too_large_ = false;
  bool finished_ = false;
};

void TellFetch(CURL* easy, CURLcode code) {
  CurlFetch* fetch = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &fetch);
  fetch->OnTransferred(code);
}

class CurlClient : public Client {
 public:
  CurlClient(Loop& loop, const base::Clock& clock, ClientOptions options,
             std::unique_ptr<Multi> multi)
      : loop_(loop), clock_(clock), options_(std::move(options)), multi_(std::move(multi)) {}

  std::unique_ptr<Fetch> Get(Request request, Done done) override {
    auto fetch = std::make_unique<CurlFetch>(loop_, *multi_, std::move(request), std::move(done));
    fetch->Begin(options_, clock_.Monotonic());
    return fetch;
  }

 private:
  Loop& loop_;
  const base::Clock& clock_;
  const ClientOptions options_;
  const std::unique_ptr<Multi> multi_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Client>> Client::Create(Loop& loop, const base::Clock& clock,
                                                       ClientOptions options) {
  ASSIGN_OR_RETURN(std::unique_ptr<Multi> multi, Multi::Create(loop, clock, TellFetch));
  return std::make_unique<CurlClient>(loop, clock, std::move(options), std::move(multi));
}

}  // namespace ichor::http
