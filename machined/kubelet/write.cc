#include "machined/kubelet/write.h"

#include <openssl/x509.h>

#include <array>
#include <filesystem>
#include <format>
#include <system_error>
#include <vector>

#include "lib/base/status.h"
#include "lib/pki/certificate.h"
#include "lib/sys/file.h"
#include "lib/sys/ownership.h"

namespace ichor {
namespace {

constexpr const char* kMounted = "cri-/etc/kubernetes";
constexpr size_t kLargestFile = 4 << 20;  // bytes

// True if it had to be written.
absl::StatusOr<bool> Write(const std::string& path, const KubeletFile& file) {
  const absl::StatusOr<std::string> current = sys::ReadFile(path, kLargestFile);
  if (current.ok() && *current == file.contents) {
    return false;
  }
  RETURN_IF_ERROR(sys::WriteFileAtomically(path, file.contents, file.mode));
  return true;
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

absl::Status WriteAll(const KubeletFiles& files, const KubeletWish& wish,
                      const KubeletPlaces& places) {
  RETURN_IF_ERROR(sys::MakeDirectory(places.resolved, {.mode = 0755}));
  RETURN_IF_ERROR(
      Write(places.resolved + "/resolv.conf", {.contents = wish.resolv_conf, .mode = 0644})
          .status());
  RETURN_IF_ERROR(sys::MakeDirectory(places.etc + "/pki", {.mode = 0700}));
  RETURN_IF_ERROR(sys::MakeDirectory(places.etc + "/manifests", {.mode = 0700}));
  bool joins_otherwise = false;
  for (const auto& [name, file] : files) {
    ASSIGN_OR_RETURN(const bool written, Write(std::format("{}/{}", places.etc, name), file));
    joins_otherwise = joins_otherwise || (written && name != "kubelet.yaml");
  }
  if (joins_otherwise) {
    RETURN_IF_ERROR(RemoveIfThere(places.etc + "/kubeconfig-kubelet"));
  }
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
