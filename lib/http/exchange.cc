#include "lib/http/exchange.h"

#include <curl/curl.h>

#include <array>
#include <format>
#include <string_view>

#include "lib/base/version.h"
#include "lib/http/curl_code.h"
#include "lib/http/shown_url.h"

namespace ichor::http {
namespace {

// What came of an answer so far.
struct Body {
  std::string bytes;
  size_t limit;
  bool too_large = false;
};

size_t OnBody(const char* bytes, size_t /*one*/, size_t size, void* self) {
  auto& body = *static_cast<Body*>(self);
  if (size > body.limit - body.bytes.size()) {
    body.too_large = true;
    return CURL_WRITEFUNC_ERROR;
  }
  body.bytes.append(bytes, size);
  return size;
}

class CurlExchange : public Exchange {
 public:
  explicit CurlExchange(Peer peer) : peer_(std::move(peer)) {
    curl_global_init(CURL_GLOBAL_DEFAULT);  // counted by libcurl; fails without memory only
    easy_.reset(curl_easy_init());
  }
  ~CurlExchange() override {
    easy_.reset();
    curl_global_cleanup();
  }
  CurlExchange(const CurlExchange&) = delete;
  CurlExchange& operator=(const CurlExchange&) = delete;

  absl::StatusOr<Answer> Ask(const Question& question) override {
    Body body{.bytes = "", .limit = question.max_bytes};
    std::array<char, CURL_ERROR_SIZE> error{};
    curl_easy_reset(easy_.get());  // keeps connections
    Set(CURLOPT_ERRORBUFFER, error.data());
    Set(CURLOPT_WRITEFUNCTION, &OnBody);
    Set(CURLOPT_WRITEDATA, &body);
    SetRequest(question);
    SetPeer();
    const std::unique_ptr<curl_slist, FreeList> places = ListOf("::" + peer_.at);
    if (!peer_.at.empty()) {
      Set(CURLOPT_CONNECT_TO, places.get());
    }
    const std::unique_ptr<curl_slist, FreeList> headers = HeadersOf(question);
    Set(CURLOPT_HTTPHEADER, headers.get());
    const CURLcode code = curl_easy_perform(easy_.get());
    const std::string name = std::format("{} {}", question.method, ShownUrl(question.url));
    if (body.too_large) {
      return absl::ResourceExhaustedError(
          std::format("{}: the answer is larger than {} bytes", name, question.max_bytes));
    }
    if (code != CURLE_OK) {
      const std::string_view said = error.data();
      return absl::Status(
          CodeOf(code),
          std::format("{}: {}", name, said.empty() ? curl_easy_strerror(code) : said));
    }
    Answer answer{.body = std::move(body.bytes)};
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &answer.status);
    return answer;
  }

 private:
  template <class T>
  void Set(CURLoption option, T value) {
    curl_easy_setopt(easy_.get(), option, value);  // fails only for options that are not there
  }

  void SetBlob(CURLoption option, const std::string& bytes) {
    const curl_blob blob{
        .data = const_cast<char*>(bytes.data()), .len = bytes.size(), .flags = CURL_BLOB_NOCOPY};
    Set(option, &blob);
  }

  void SetRequest(const Question& question) {
    Set(CURLOPT_URL, question.url.c_str());
    Set(CURLOPT_PROTOCOLS_STR, "https");
    Set(CURLOPT_NOSIGNAL, 1L);
    Set(CURLOPT_PROXY, "");
    Set(CURLOPT_CUSTOMREQUEST, question.method.c_str());
    Set(CURLOPT_TIMEOUT_MS, static_cast<long>(question.timeout.count()));
    Set(CURLOPT_USERAGENT, std::format("Ichor/{}", base::kVersion).c_str());
    if (!question.body.empty()) {
      Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(question.body.size()));
      Set(CURLOPT_POSTFIELDS, question.body.data());
    }
  }

  void SetPeer() {
    Set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    Set(CURLOPT_CAINFO, nullptr);
    SetBlob(CURLOPT_CAINFO_BLOB, peer_.ca_pem);
    if (!peer_.certificate_pem.empty()) {
      SetBlob(CURLOPT_SSLCERT_BLOB, peer_.certificate_pem);
      SetBlob(CURLOPT_SSLKEY_BLOB, peer_.key_pem);
    }
  }

  static std::unique_ptr<curl_slist, FreeList> ListOf(const std::string& line) {
    return std::unique_ptr<curl_slist, FreeList>(curl_slist_append(nullptr, line.c_str()));
  }

  static std::unique_ptr<curl_slist, FreeList> HeadersOf(const Question& question) {
    std::unique_ptr<curl_slist, FreeList> list;
    const auto add = [&list](const std::string& line) {
      list.reset(curl_slist_append(list.release(), line.c_str()));
    };
    add("Expect:");  // a body is sent without waiting to be asked for it
    for (const auto& [name, value] : question.headers) {
      add(std::format("{}: {}", name, value));
    }
    return list;
  }

  const Peer peer_;
  std::unique_ptr<CURL, FreeEasy> easy_;
};

}  // namespace

std::unique_ptr<Exchange> Exchange::Create(Peer peer) {
  return std::make_unique<CurlExchange>(std::move(peer));
}

}  // namespace ichor::http
