#include "machined/kubelet/write.h"

#include <openssl/x509.h>

#include <array>
#include <filesystem>
#include <format>
#include <system_error>
#include <vector>

#include "lib/base/status.h"
#include "lib/pki/certificate.h"
#include "lib/resource/tree.h"
#include "lib/resource/yaml.h"
#include "lib/sys/file.h"
#include "lib/sys/ownership.h"

namespace ichor {
namespace {

using google::protobuf::Struct;

constexpr const char* kMounted = "cri-/etc/kubernetes";
constexpr size_t kLargestFile = 4 << 20;  // bytes

absl::Status Write(const std::string& path, const KubeletFile& file) {
  const absl::StatusOr<std::string> current = sys::ReadFile(path, kLargestFile);
  std::error_code error;
  const auto mode = std::filesystem::status(path, error).permissions();
  if (current.ok() && *current == file.contents && mode == std::filesystem::perms(file.mode)) {
    return absl::OkStatus();
  }
  return sys::WriteFileAtomically(path, file.contents, file.mode);
}

absl::Status RemoveIfThere(const std::string& path) {
  const absl::Status removed = sys::RemoveFile(path);
  return absl::IsNotFound(removed) ? absl::OkStatus() : removed;
}

std::string CommonName(const pki::Certificate& certificate) {
  std::array<char, 256> name{};
  const int size = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()),
                                             NID_commonName, name.data(), name.size());
  return size < 0 ? "" : std::string(name.data(), static_cast<size_t>(size));
}

bool IsSignedByOne(const pki::Certificate& certificate, const std::string& cas) {
  const auto accepted = pki::Certificate::AllFromPem(cas);
  if (!accepted.ok()) {
    return false;
  }
  for (const pki::Certificate& ca : *accepted) {
    if (X509_verify(certificate.get(), X509_get0_pubkey(ca.get())) == 1) {
      return true;
    }
  }
  return false;
}

absl::Status DropForeignCertificate(const KubeletWish& wish, const KubeletPlaces& places) {
  const std::string path = places.state + "/pki/kubelet-client-current.pem";
  const absl::StatusOr<std::string> pem = sys::ReadFile(path, kLargestFile);
  if (!pem.ok()) {
    return absl::OkStatus();
  }
  const auto certificate = pki::Certificate::FromPem(*pem);
  if (certificate.ok() && CommonName(*certificate) == "system:node:" + wish.nodename &&
      IsSignedByOne(*certificate, wish.accepted_cas)) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(RemoveIfThere(path));
  return RemoveIfThere(places.etc + "/kubeconfig-kubelet");
}

// Whether the cluster of a client's file had to be changed.
bool Follow(const Struct& wished, Struct& cluster) {
  bool changed = false;
  for (const char* const key : {"server", "certificate-authority-data", "tls-server-name"}) {
    const std::string text = TextAt(wished, {key});
    if (TextAt(cluster, {key}) == text) {
      continue;
    }
    changed = true;
    cluster.mutable_fields()->erase(key);
    if (!text.empty()) {
      Set(cluster, key, text);
    }
  }
  return changed;
}

// The file is the kubelet's, whose certificate stays good. One that makes no sense goes.
absl::Status LeadToCluster(const Struct& wished, const std::string& path) {
  const absl::StatusOr<std::string> text = sys::ReadFile(path, kLargestFile);
  if (!text.ok()) {
    return absl::OkStatus();
  }
  Struct file;
  if (!FromYaml(*text, file).ok() || !file.fields().contains("clusters")) {
    return RemoveIfThere(path);
  }
  bool changed = false;
  auto& clusters = *(*file.mutable_fields())["clusters"].mutable_list_value()->mutable_values();
  for (google::protobuf::Value& named : clusters) {
    Struct& cluster =
        *(*named.mutable_struct_value()->mutable_fields())["cluster"].mutable_struct_value();
    changed = Follow(wished, cluster) || changed;
  }
  return changed ? sys::WriteFileAtomically(path, ToYaml(file), 0600) : absl::OkStatus();
}

absl::Status WriteAll(const KubeletFiles& files, const KubeletWish& wish,
                      const KubeletPlaces& places) {
  RETURN_IF_ERROR(sys::MakeDirectory(places.resolved, {.mode = 0755}));
  RETURN_IF_ERROR(
      Write(places.resolved + "/resolv.conf", {.contents = wish.resolv_conf, .mode = 0644}));
  RETURN_IF_ERROR(sys::MakeDirectory(places.etc + "/pki", {.mode = 0700}));
  RETURN_IF_ERROR(sys::MakeDirectory(places.etc + "/manifests", {.mode = 0700}));
  for (const auto& [name, file] : files) {
    RETURN_IF_ERROR(Write(std::format("{}/{}", places.etc, name), file));
  }
  RETURN_IF_ERROR(LeadToCluster(wish.cluster, places.etc + "/kubeconfig-kubelet"));
  return DropForeignCertificate(wish, places);
}

}  // namespace

Report<k8s::KubeletFilesStatus> WriteKubeletFiles(const All<block::VolumeMountStatus>& mounted,
                                                  const KubeletWish& wish,
                                                  const KubeletPlaces& places) {
  Report<k8s::KubeletFilesStatus> report;
  const auto mount = mounted.find(kMounted);
  if (mount == mounted.end() || mount->spec().target().empty() || !wish.files.has_value()) {
    return report;
  }
  k8s::KubeletFilesStatus::Spec row;
  row.set_revision(RevisionOf(*wish.files));
  if (const absl::Status written = WriteAll(*wish.files, wish, places); !written.ok()) {
    report.AddFailed("kubelet", std::move(row), written);
    return report;
  }
  row.set_ready(true);
  report.Add("kubelet", std::move(row));
  return report;
}

}  // namespace ichor
