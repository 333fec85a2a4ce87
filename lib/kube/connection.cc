#include "lib/kube/connection.h"

#include <format>
#include <utility>

#include "lib/base/status.h"
#include "lib/kube/json.h"
#include "lib/resource/tree.h"

namespace ichor::kube {
namespace {

absl::StatusCode CodeOf(long status) {
  switch (status) {
    case 400:
    case 422:
      return absl::StatusCode::kInvalidArgument;
    case 401:
      return absl::StatusCode::kUnauthenticated;
    case 403:
      return absl::StatusCode::kPermissionDenied;
    case 404:
      return absl::StatusCode::kNotFound;
    case 409:
      return absl::StatusCode::kAborted;
    case 429:
      return absl::StatusCode::kUnavailable;
    default:
      return status >= 500 ? absl::StatusCode::kUnavailable : absl::StatusCode::kFailedPrecondition;
  }
}

}  // namespace

absl::Status StatusOfAnswer(long status, const std::string& said, const std::string& what) {
  const auto object = FromJson(said);
  const std::string sentence = object.ok() ? TextAt(*object, {"message"}) : "";
  return {CodeOf(status), sentence.empty() ? std::format("{}: HTTP status {}", what, status)
                                           : std::format("{}: {}", what, sentence)};
}

Connection::Connection(Access access)
    : server_(access.server),
      exchange_(http::Exchange::Create({.ca_pem = std::move(access.ca_pem),
                                        .certificate_pem = std::move(access.certificate_pem),
                                        .key_pem = std::move(access.key_pem),
                                        .at = std::move(access.at)})) {}

absl::StatusOr<google::protobuf::Struct> Connection::Do(const Call& call) {
  http::Question question{.method = call.method,
                          .url = server_ + call.path,
                          .headers = {{"Accept", "application/json"}},
                          .body = call.body};
  if (!call.content_type.empty()) {
    question.headers.emplace_back("Content-Type", call.content_type);
  }
  ASSIGN_OR_RETURN(const http::Answer answer, exchange_->Ask(question));
  const std::string what =
      std::format("{} {}", call.method, call.path.substr(0, call.path.find('?')));
  if (answer.status < 200 || answer.status >= 300) {
    return StatusOfAnswer(answer.status, answer.body, what);
  }
  auto object = FromJson(answer.body);
  if (!object.ok()) {
    return absl::UnavailableError(std::format("{}: {}", what, base::MessageOf(object.status())));
  }
  return object;
}

}  // namespace ichor::kube
