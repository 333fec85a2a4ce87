#include "machined/manifests/extra.h"

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "machined/kubernetes/test_config.h"

namespace ichor {
namespace {

const TestCluster& Cluster() {
  static const TestCluster* const kCluster = new TestCluster(TestCluster::Make(base::WallTime()));
  return *kCluster;
}

All<k8s::ExtraManifestsConfig> Extras(const std::string& text) {
  return Stated(*DeriveExtraManifests(ConfigRow(text)));
}

}  // namespace

TEST_CASE("extra manifests: from each place of a config, the document first") {
  const auto extras = Extras(
      Cluster().OneDocument("network: {cni: {name: custom, urls: [\"https://cni.io/a.yaml\"]}}\n"
                            "  externalCloudProvider: {enabled: true, manifests: "
                            "[\"https://cloud.io/b.yaml\"]}\n"
                            "  extraManifests: [\"https://x.io/c.yaml\"]\n"
                            "  extraManifestHeaders: {Token: t}\n"
                            "  inlineManifests: [{name: i, contents: old}]") +
      "---\napiVersion: v1alpha1\nkind: KubeInlineManifestConfig\nname: i\nmanifest: \"a: b\"\n"
      "---\napiVersion: v1alpha1\nkind: KubeExternalManifestConfig\nname: e\n"
      "url: https://x.io/e.yaml\nheaders: {H: v}\n");
  REQUIRE(extras.size() == 1);
  const auto& spec = extras.front().spec();
  std::string ids;
  for (const auto& extra : spec.extra_manifests()) {
    ids += ManifestIdOf(extra) + "\n";
  }
  CHECK(ids ==
        "05-https://cni.io/a.yaml\n30-https://cloud.io/b.yaml\n99-e\n"
        "99-https://x.io/c.yaml\n99-i\n");
  CHECK(spec.extra_manifests(2).extra_headers().at("H") == "v");
  CHECK(spec.extra_manifests(3).extra_headers().at("Token") == "t");
  CHECK(spec.extra_manifests(4).inline_manifest() == "a: b");
  CHECK(Extras("machine: {type: worker}\ncluster: {}\n").empty());
}

TEST_CASE("extra manifests: a text's objects, one by one") {
  const auto objects = ObjectsOfText(
      "# nothing\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\n---\n"
      "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [{\"apiVersion\": \"v1\", "
      "\"kind\": \"Pod\", \"metadata\": {\"name\": \"p\"}}]}\n");
  REQUIRE_THAT(objects, base::IsOk());
  CHECK(objects->size() == 2);
  CHECK(ObjectsOfText("")->empty());
}

TEST_CASE("extra manifests: what cannot be read says where, and nothing of the text") {
  const auto [text, message] = GENERATE(table<std::string, std::string>({
      {"a: b\n---\n- secret\n", "object 1 has no apiVersion, kind or name"},
      {"kind: Secret\n", "object 1 has no apiVersion, kind or name"},
      {"secret: [\n", "line 2: this is no YAML that can be read"},
      {"- secret\n", "line 1: this is no object"},
  }));
  CHECK_THAT(ObjectsOfText(text), base::StatusIs(absl::StatusCode::kInvalidArgument, message));
}

TEST_CASE(
    "extra manifests: one that cannot be read is a diagnostic, and keeps none of the others") {
  const auto extras = Extras(Cluster().OneDocument(
      "inlineManifests: [{name: bad, contents: \"[\"}, {name: good, contents: \"apiVersion: "
      "v1\\nkind: Namespace\\nmetadata: {name: a}\"}]"));
  const auto manifests = Stated(*RenderInlineManifests(extras));
  CHECK(Ids(manifests) == "99-good");
  CHECK(manifests.front().spec().items_size() == 1);
  const auto diagnostics = Stated(*DiagnoseInlineManifests(extras));
  CHECK(Ids(diagnostics) == "manifest-bad");
  CHECK(diagnostics.front().spec().message() == "the inline manifest bad cannot be read");
}

}  // namespace ichor
