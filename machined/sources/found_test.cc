#include "machined/sources/found.h"

#include "absl/strings/escaping.h"
#include "catch2/catch_test_macros.hpp"

namespace ichor {
namespace {

using Form = ConfigSource::Form;

constexpr const char* kConfig = "version: v1alpha1\n";

TEST_CASE("found: a config is a config, and white space is none") {
  CHECK(ReadFound(Form::kConfig, kConfig)->text == kConfig);
  CHECK(ReadFound(Form::kConfig, " \n")->text.empty());
}

TEST_CASE("found: hcloud's user data may be base64") {
  CHECK(ReadFound(Form::kHcloud, kConfig)->text == kConfig);
  CHECK(ReadFound(Form::kHcloud, absl::Base64Escape(kConfig) + "\n")->text == kConfig);
  CHECK(ReadFound(Form::kConfig, absl::Base64Escape(kConfig))->text == absl::Base64Escape(kConfig));
}

TEST_CASE("found: nocloud's user data may be a config, lead to one, or be of another system") {
  CHECK(ReadFound(Form::kNocloud, kConfig)->text == kConfig);
  CHECK(ReadFound(Form::kNocloud, "#include\nhttp://host/\n")->include_url == "http://host/");
  CHECK(ReadFound(Form::kNocloud, "#cloud-config\n")->text.empty());
  CHECK(ReadFound(Form::kConfig, "#cloud-config\n")->text == "#cloud-config\n");
}

}  // namespace
}  // namespace ichor
