#include "machined/kubelet/write.h"

#include <chrono>
#include <filesystem>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/pki/certificate.h"
#include "lib/resource/text.h"
#include "lib/resource/tree.h"
#include "lib/runtime/test_rows.h"
#include "lib/sys/file.h"

namespace ichor {
namespace {

namespace fs = std::filesystem;

constexpr size_t kLimit = 1 << 20;

struct Node {
  explicit Node(const std::string& name)
      : root(fs::temp_directory_path() / name),
        places{.etc = root / "etc", .state = root / "state", .resolved = root / "resolved"} {
    fs::remove_all(root);
    fs::create_directories(root / "etc");
    fs::create_directories(root / "state/pki");
    wish.files = KubeletFiles{{"kubelet.yaml", {.contents = "a", .mode = 0600}},
                              {"bootstrap-kubeconfig", {.contents = "b", .mode = 0600}},
                              {"pki/ca.crt", {.contents = "c", .mode = 0400}}};
    wish.nodename = "n1";
    wish.resolv_conf = "nameserver 10.0.0.1\n";
  }
  ~Node() { fs::remove_all(root); }

  // The revision that is said to be written; empty if nothing is said.
  std::string Write(bool mounted = true) const {
    Report<k8s::KubeletFilesStatus> report = WriteKubeletFiles(
        AllOf<block::VolumeMountStatus>(
            {{"cri-/etc/kubernetes", mounted ? "target: '/etc/kubernetes'" : ""}}),
        wish, places);
    CHECK_THAT(report.status(), base::IsOk());
    const Rows rows = std::move(report).Take();
    if (rows.empty()) {
      return "";
    }
    const auto& row =
        static_cast<const k8s::KubeletFilesStatus::Spec&>(*rows.front().spec->message());
    CHECK(row.ready());
    return row.revision();
  }

  void Put(const std::string& path, const std::string& contents) const {
    REQUIRE_THAT(sys::WriteFileAtomically(root / path, contents, 0600), base::IsOk());
  }

  fs::path root;
  KubeletPlaces places;
  KubeletWish wish;
};

// A certificate of the node `name`, signed by `ca`.
std::string ClientOf(const std::string& name, const pki::Certificate& ca, const pki::Key& key) {
  const auto certificate = pki::Sign(
      {.common_name = "system:node:" + name, .lifetime = std::chrono::hours(1)}, key, ca, key);
  REQUIRE_THAT(certificate, base::IsOk());
  return certificate->ToPem();
}

}  // namespace

TEST_CASE("kubelet files: they are written where the kubelet reads them, once it can") {
  Node node("ichor-kubelet-files");
  CHECK(node.Write(false).empty());
  CHECK_FALSE(fs::exists(node.root / "etc/kubelet.yaml"));
  CHECK(node.Write() == RevisionOf(*node.wish.files));
  CHECK(*sys::ReadFile(node.root / "etc/kubelet.yaml", kLimit) == "a");
  CHECK(*sys::ReadFile(node.root / "etc/pki/ca.crt", kLimit) == "c");
  CHECK(*sys::ReadFile(node.root / "resolved/resolv.conf", kLimit) == "nameserver 10.0.0.1\n");
  CHECK(fs::status(node.root / "etc/pki/ca.crt").permissions() == fs::perms(0400));
}

TEST_CASE("kubelet files: what it made for itself leads where the cluster is, and stays else") {
  Node node("ichor-kubelet-join");
  const std::string own =
      "clusters:\n    - cluster:\n        certificate-authority-data: Y2E=\n"
      "        server: https://127.0.0.1:7445\n      name: default-cluster\n";
  const auto lead = [&node](const std::string& server) {
    node.wish.cluster = Object({{"server", server}, {"certificate-authority-data", "Y2E="}});
    node.Write();
    return sys::ReadFile(node.root / "etc/kubeconfig-kubelet", kLimit).value_or("");
  };
  CHECK(lead("https://127.0.0.1:7445").empty());
  node.Put("etc/kubeconfig-kubelet", own);
  const auto written = fs::last_write_time(node.root / "etc/kubeconfig-kubelet");
  CHECK(lead("https://127.0.0.1:7445") == own);
  CHECK(fs::last_write_time(node.root / "etc/kubeconfig-kubelet") == written);
  CHECK(lead("https://api:6443").contains("server: https://api:6443\n"));
  CHECK(lead("https://api:6443").contains("certificate-authority-data: Y2E=\n"));
  node.Put("etc/kubeconfig-kubelet", "x");
  CHECK(lead("https://api:6443").empty());
}

TEST_CASE("kubelet files: one that somebody removed or changed is as it was, and no other moves") {
  Node node("ichor-kubelet-again");
  node.wish.cluster = Object({{"server", "https://api"}});
  const std::string revision = node.Write();
  node.Put("etc/kubeconfig-kubelet", "clusters:\n    - cluster:\n        server: https://api\n");
  const auto other = fs::last_write_time(node.root / "etc/kubelet.yaml");
  fs::remove(node.root / "etc/bootstrap-kubeconfig");
  fs::remove_all(node.root / "etc/pki");
  fs::permissions(node.root / "resolved/resolv.conf", fs::perms(0666));
  CHECK(node.Write() == revision);
  CHECK(*sys::ReadFile(node.root / "etc/bootstrap-kubeconfig", kLimit) == "b");
  CHECK(*sys::ReadFile(node.root / "etc/pki/ca.crt", kLimit) == "c");
  CHECK(fs::status(node.root / "resolved/resolv.conf").permissions() == fs::perms(0644));
  CHECK(fs::exists(node.root / "etc/kubeconfig-kubelet"));
  CHECK(fs::last_write_time(node.root / "etc/kubelet.yaml") == other);
}

TEST_CASE("kubelet files: a certificate of another node or cluster is not kept") {
  const auto key = pki::Key::Generate(pki::KeyType::kEcdsaP256);
  REQUIRE_THAT(key, base::IsOk());
  const auto ca =
      pki::SelfSign({.common_name = "ca", .ca = true, .lifetime = std::chrono::hours(1)}, *key);
  REQUIRE_THAT(ca, base::IsOk());
  Node node("ichor-kubelet-foreign");
  node.wish.accepted_cas = ca->ToPem();
  const fs::path path = node.root / "state/pki/kubelet-client-current.pem";
  node.Put("state/pki/kubelet-client-current.pem", ClientOf("n1", *ca, *key));
  node.Write();
  CHECK(fs::exists(path));
  node.Put("state/pki/kubelet-client-current.pem", ClientOf("n2", *ca, *key));
  node.Write();
  CHECK_FALSE(fs::exists(path));
  const auto other = pki::Key::Generate(pki::KeyType::kEcdsaP256);
  const auto other_ca =
      pki::SelfSign({.common_name = "ca", .ca = true, .lifetime = std::chrono::hours(1)}, *other);
  node.Put("state/pki/kubelet-client-current.pem", ClientOf("n1", *other_ca, *other));
  node.Write();
  CHECK_FALSE(fs::exists(path));
}

}  // namespace ichor
