// Takes fields out of a legacy document and makes documents of the current form from them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/config/document.h"
#include "lib/config/migrate/migrate.h"
#include "lib/config/migrate/table.h"
#include "lib/config/strategic_patch.h"
#include "lib/config/yaml.h"

namespace ichor::config {

// Whether a scalar says true.
bool IsTrue(const Node& value);

// Why a list of interfaces stays where it is, as documents cannot say all of it; empty if it moves.
std::string InterfacesReasonToStay(const Node& interfaces);

class Migrator {
 public:
  // Whether a config moves as a whole, or what a patch says of one.
  enum class Extent : std::uint8_t { kConfig, kPatch };

  // Texts that are made are kept by `made`, which must outlive all nodes. `wanted` says whether a
  // field is to move. What only a control plane uses is dropped if the machine is none.
  Migrator(Source& made, Extent extent, bool control_plane,
           std::function<bool(const Migration&)> wanted)
      : made_(made), extent_(extent), control_plane_(control_plane), wanted_(std::move(wanted)) {}

  // Moves what is wanted out of the root of a legacy document.
  void Take(Node& root);

  // A key of a document that was made, unless it is there.
  void SetDefault(std::string_view kind, std::string_view path, std::string_view plain,
                  bool list = false);
  void SetTaint(std::string_view kind, std::string_view key, std::string_view effect);

  // What the API server of the one-document form did without being told: it knew no anonymous
  // users, and asked the authorizers Node and RBAC before all others. Documents that `config` has
  // stay.
  void RefuseAnonymous();
  void AddDefaultAuthorizers(const Config& config);

  // Leaves interfaces where they are, and tells why.
  void KeepInterfaces(std::string reason) { interfaces_stay_ = std::move(reason); }

  bool Has(std::string_view kind) const;

  std::vector<Document>& documents() { return documents_; }
  std::vector<Deletion>& deletions() { return deletions_; }
  std::vector<Move>& moves() { return moves_; }
  Findings& errors() { return errors_; }

 private:
  // Why a field is left where it is; empty if it moves.
  std::string ReasonToStay(const Migration& migration, const Node& value) const;
  void Convert(const Migration& migration, const Node& value);
  void Keep(const Migration& migration, const Node& value, Node converted);
  void Hostname(const Migration& migration, const Node& value);
  void CniName(const Migration& migration, const Node& value);
  void Scheduling(const Migration& migration, const Node& value);
  void Addresses(const Migration& migration, const Node& value);
  void Disk(const Migration& migration, const Node& value);
  void Items(const Migration& migration, const Node& value);
  void Urls(const Migration& migration, const Node& value, std::string_view base);
  void Headers(const Migration& migration, const Node& value);
  void Pods(const Migration& migration, const Node& value);
  void Authority(const Migration& migration, const Node& value);
  void Accepted(const Migration& migration, const Node& value);
  void Encryption(const Migration& migration, const Node& value);
  void Discovery(const Migration& migration, const Node& value);
  void VolumeKeys(const Migration& migration, const Node& value);
  void Mirrors(const Migration& migration, const Node& value);
  void Registries(const Migration& migration, const Node& value);
  void Interfaces(const Migration& migration, const Node& value);
  Document& Link(const Migration& migration, const Node& item, std::string_view kind,
                 std::string_view name);
  void Leases(const Migration& migration, const Node& item, std::string_view name);
  void VirtualIp(const Migration& migration, const Node& item, std::string_view name);
  Node Address(const Node& value);
  void Tls(std::string_view host, const Node& tls);
  void Delete(std::string_view kind, std::vector<std::string_view> path, const Node& because,
              std::string_view name = "");
  void Note(const Migration& migration, const Node& value, std::string to);
  void Refuse(const Migration& migration, const Node& value, std::string reason);
  Document& DocumentFor(std::string_view kind, std::string_view name = "");
  void Set(Document& document, std::string_view path, Node value);
  // PEM of base64 of it; what is no base64 stays.
  Node Pem(const Node& value);
  Node Text(std::string text) { return MakeText(made_, yml::Keep(made_, std::move(text))); }

  Source& made_;
  Extent extent_;
  bool control_plane_;
  std::function<bool(const Migration&)> wanted_;
  std::string interfaces_stay_;  // why; empty if they move
  std::vector<Document> documents_;
  std::vector<Deletion> deletions_;
  std::vector<Move> moves_;
  Findings errors_;
};

}  // namespace ichor::config
