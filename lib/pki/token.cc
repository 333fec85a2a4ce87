#include "lib/pki/token.h"

#include <algorithm>
#include <string>

#include "absl/strings/escaping.h"
#include "lib/base/random.h"

namespace ichor::pki {
namespace {

constexpr std::string_view kAlphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
constexpr size_t kIdLength = 6;
constexpr size_t kSecretLength = 16;
constexpr size_t kKeyBytes = 32;

// Letters of the alphabet, each as likely as the others: bytes that would favour the first ones are
// thrown away.
void AppendRandom(size_t length, std::string& out) {
  constexpr size_t kFair = 256 / kAlphabet.size() * kAlphabet.size();
  const size_t end = out.size() + length;
  while (out.size() < end) {
    std::string bytes = base::RandomBytes(end - out.size());
    for (const char byte : bytes) {
      const auto number = static_cast<unsigned char>(byte);
      if (number < kFair) {
        out += kAlphabet[number % kAlphabet.size()];
      }
    }
    Wipe(bytes);
  }
}

bool IsOfAlphabet(std::string_view text) {
  return text.find_first_not_of(kAlphabet) == std::string_view::npos;
}

}  // namespace

Secret NewToken() {
  std::string token;
  token.reserve(kIdLength + 1 + kSecretLength);
  AppendRandom(kIdLength, token);
  token += '.';
  AppendRandom(kSecretLength, token);
  Secret secret(token);
  Wipe(token);
  return secret;
}

bool IsToken(std::string_view text) {
  return text.size() == kIdLength + 1 + kSecretLength && text[kIdLength] == '.' &&
         IsOfAlphabet(text.substr(0, kIdLength)) && IsOfAlphabet(text.substr(kIdLength + 1));
}

Secret NewSymmetricKey() {
  std::string bytes = base::RandomBytes(kKeyBytes);
  Secret key(absl::Base64Escape(bytes));
  Wipe(bytes);
  return key;
}

bool IsSymmetricKey(std::string_view text) {
  constexpr size_t kBase64Length = (kKeyBytes + 2) / 3 * 4;
  std::string bytes;
  const bool ok = text.size() == kBase64Length &&
                  absl::Base64Unescape({text.data(), text.size()}, &bytes) &&
                  bytes.size() == kKeyBytes;
  Wipe(bytes);
  return ok;
}

}  // namespace ichor::pki
