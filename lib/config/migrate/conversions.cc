// How values change on their way, where more than a key changes.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/escaping.h"
#include "lib/config/migrate/disk_expression.h"
#include "lib/config/migrate/migrator.h"
#include "lib/config/yaml.h"
#include "lib/yaml/write.h"

namespace ichor::config {
namespace {

// Keys of items that are called otherwise in documents.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kRenamed = {
    {{"contents", "manifest"}, {"aliases", "hostnames"}}};

std::string_view NewKey(std::string_view key) {
  const auto found =
      std::ranges::find(kRenamed, key, &std::pair<std::string_view, std::string_view>::first);
  return found == kRenamed.end() ? key : found->second;
}

// The text at a key; empty if there is none.
std::string_view TextAt(const Node& mapping, std::string_view key) {
  const Node* found = mapping.Find(key);
  return found == nullptr || found->IsNull() ? std::string_view{} : found->text;
}

void Add(Node& mapping, std::string_view key, Node value) {
  value.key = key;
  mapping.children.push_back(std::move(value));
}

}  // namespace

Node Migrator::Pem(const Node& value) {
  std::string pem;
  if (!absl::Base64Unescape(ToAbsl(value.text), &pem)) pem = std::string(value.text);
  return Text(std::move(pem));
}

void Migrator::Addresses(const Migration& migration, const Node& value) {
  Node list = MakeSequence(made_);
  for (const Node& item : value.children) {
    Node server = MakeMapping(made_);
    Add(server, "address", item);
    list.children.push_back(std::move(server));
  }
  Keep(migration, value, std::move(list));
}

void Migrator::Disk(const Migration& migration, const Node& value) {
  if (migration.change == Conversion::kDisk) {
    const Node* install = Has(migration.kind) ? &DocumentFor(migration.kind).root : nullptr;
    const Node* provisioning = install == nullptr ? nullptr : install->Find("provisioning");
    if (provisioning != nullptr && provisioning->Find("diskSelector") != nullptr) {
      return Note(migration, value, "nothing: the selector decides");
    }
    return Keep(migration, value, Text(DiskExpression(value.text)));
  }
  const absl::StatusOr<std::string> expression = DiskExpression(value);
  if (!expression.ok()) {
    return Refuse(migration, value, std::string(expression.status().message()));
  }
  Keep(migration, value, Text(*expression));
}

// The name is the item's `name`, or its `ip`.
void Migrator::Items(const Migration& migration, const Node& value) {
  for (const Node& item : value.children) {
    const std::string_view id = item.Find("name") != nullptr ? "name" : "ip";
    const std::string_view name = TextAt(item, id);
    if (name.empty()) {
      Refuse(migration, item, Cat("an item without a name cannot be a ", migration.kind));
      continue;
    }
    Document& document = DocumentFor(migration.kind, name);
    for (const Node& part : item.children) {
      if (part.key != id) Set(document, NewKey(part.key), part);
    }
    Note(migration, item, Cat(migration.kind, " ", name));
  }
}

void Migrator::Urls(const Migration& migration, const Node& value, std::string_view base) {
  for (const Node& url : value.children) {
    const size_t index = static_cast<size_t>(&url - value.children.data());
    const std::string name = index == 0 ? std::string(base) : Cat(base, "-", index);
    Set(DocumentFor(migration.kind, name), migration.to, url);
    Note(migration, value, Cat(migration.kind, " ", name, ".url: ", WriteFlow(url)));
  }
}

void Migrator::Headers(const Migration& migration, const Node& value) {
  for (Document& document : documents_) {
    if (document.kind->name != migration.kind || !document.name.starts_with("extra-manifest")) {
      continue;
    }
    Set(document, migration.to, value);
    Note(migration, value, Cat(migration.kind, " ", document.name, ".", migration.to));
  }
}

void Migrator::Pods(const Migration& migration, const Node& value) {
  for (const Node& pod : value.children) {
    const Node* metadata = pod.Find("metadata");
    const std::string_view name = metadata == nullptr ? "" : TextAt(*metadata, "name");
    if (name.empty()) {
      Refuse(migration, pod, "a pod without a name cannot be a KubeStaticPodConfig");
      continue;
    }
    Set(DocumentFor(migration.kind, name), migration.to, pod);
    Note(migration, pod, Cat(migration.kind, " ", name));
  }
}

void Migrator::Authority(const Migration& migration, const Node& value) {
  Node pair = MakeMapping(made_);
  const std::string_view cert = TextAt(value, "crt");
  const std::string_view key = TextAt(value, "key");
  if (!control_plane_ && cert.empty()) return Note(migration, value, "nothing: it is empty");
  if (!control_plane_) {
    Node list = MakeSequence(made_);
    list.children.push_back(Pem(*value.Find("crt")));
    Set(DocumentFor(migration.kind), "acceptedCAs", std::move(list));
    return Note(migration, value, Cat(migration.kind, ".acceptedCAs"));
  }
  if (!cert.empty()) Add(pair, "cert", Pem(*value.Find("crt")));
  if (!key.empty()) Add(pair, "key", Pem(*value.Find("key")));
  Set(DocumentFor(migration.kind), migration.to, std::move(pair));
  Note(migration, value, Cat(migration.kind, ".", migration.to));
}

void Migrator::Accepted(const Migration& migration, const Node& value) {
  Node list = MakeSequence(made_);
  for (const Node& item : value.children) {
    if (const Node* cert = item.Find("crt")) list.children.push_back(Pem(*cert));
  }
  Set(DocumentFor(migration.kind), migration.to, std::move(list));
  Note(migration, value, Cat(migration.kind, ".", migration.to));
}

// What the API server was given for such a secret: what is in etcd names the key.
void Migrator::Encryption(const Migration& migration, const Node& value) {
  if (extent_ == Extent::kPatch) {
    return Refuse(
        migration, value,
        "cannot be merged into the providers of KubeEtcdEncryptionConfig: write it there");
  }
  const bool secretbox = migration.from.ends_with("secretboxEncryptionSecret");
  Node key = MakeMapping(made_);
  Add(key, "name", Text(secretbox ? "key2" : "key1"));
  Add(key, "secret", value);
  Node keys = MakeSequence(made_);
  keys.children.push_back(std::move(key));
  Node cipher = MakeMapping(made_);
  Add(cipher, "keys", std::move(keys));
  Node provider = MakeMapping(made_);
  Add(provider, secretbox ? "secretbox" : "aescbc", std::move(cipher));

  Document& document = DocumentFor(migration.kind);
  if (document.root.Find("config") == nullptr) {
    Node resource = MakeMapping(made_);
    Node names = MakeSequence(made_);
    names.children.push_back(Text("secrets"));
    Node plain = MakeMapping(made_);
    Add(plain, "identity", MakeMapping(made_));
    Node providers = MakeSequence(made_);
    providers.children.push_back(std::move(plain));
    Add(resource, "resources", std::move(names));
    Add(resource, "providers", std::move(providers));
    Node resources = MakeSequence(made_);
    resources.children.push_back(std::move(resource));
    Set(document, "config.resources", std::move(resources));
  }
  // The last one reads what was written before there was encryption.
  Node& resource = document.root.Find("config")->Find("resources")->children[0];
  std::vector<Node>& providers = resource.Find("providers")->children;
  providers.insert(providers.end() - 1, std::move(provider));
  Note(migration, value, Cat(migration.kind, ".config"));
}

void Migrator::Discovery(const Migration& migration, const Node& value) {
  const Node* registries = value.Find("registries");
  const Node* kubernetes = registries == nullptr ? nullptr : registries->Find("kubernetes");
  const Node* service = registries == nullptr ? nullptr : registries->Find("service");
  if (kubernetes != nullptr && TextAt(*kubernetes, "disabled") == "false") {
    return Refuse(migration, *kubernetes, "the registry kubernetes has no equivalent");
  }
  const Node* enabled = value.Find("enabled");
  const Node* disabled = service == nullptr ? nullptr : service->Find("disabled");
  const bool on = extent_ == Extent::kPatch ? enabled == nullptr || IsTrue(*enabled)
                                            : enabled != nullptr && IsTrue(*enabled);
  if (!on || (disabled != nullptr && IsTrue(*disabled))) {
    Delete(migration.kind, {}, value, migration.name);
    return Note(migration, value, Cat("no ", migration.kind));
  }
  const std::string_view endpoint = service == nullptr ? "" : TextAt(*service, "endpoint");
  Keep(migration, value,
       Text(endpoint.empty() ? "https://discovery.talos.dev/" : std::string(endpoint)));
}

void Migrator::VolumeKeys(const Migration& migration, const Node& value) {
  Node encryption = value;
  if (TextAt(encryption, "provider").empty() && extent_ == Extent::kConfig) {
    std::erase_if(encryption.children, [](const Node& part) { return part.key == "provider"; });
    Node provider = Text("luks2");
    provider.key = "provider";
    encryption.children.insert(encryption.children.begin(), std::move(provider));
  }
  Set(DocumentFor(migration.kind, migration.name), migration.to, std::move(encryption));
  Note(migration, value, Cat(migration.kind, " ", migration.name, ".", migration.to));
}

void Migrator::Mirrors(const Migration& migration, const Node& value) {
  for (const Node& mirror : value.children) {
    Node endpoints = MakeSequence(made_);
    const Node* urls = mirror.Find("endpoints");
    for (const Node& url : urls == nullptr ? std::vector<Node>{} : urls->children) {
      Node endpoint = MakeMapping(made_);
      Add(endpoint, "url", url);
      if (const Node* path = mirror.Find("overridePath")) Add(endpoint, "overridePath", *path);
      endpoints.children.push_back(std::move(endpoint));
    }
    Document& document = DocumentFor(migration.kind, mirror.key);
    Set(document, migration.to, std::move(endpoints));
    if (const Node* skip = mirror.Find("skipFallback")) Set(document, "skipFallback", *skip);
    Note(migration, mirror, Cat(migration.kind, " ", mirror.key));
  }
}

void Migrator::Tls(std::string_view host, const Node& tls) {
  Document& document = DocumentFor("RegistryTLSConfig", host);
  if (const Node* ca = tls.Find("ca")) Set(document, "ca", Pem(*ca));
  if (const Node* skip = tls.Find("insecureSkipVerify")) {
    Set(document, "insecureSkipVerify", *skip);
  }
  const Node* identity = tls.Find("clientIdentity");
  if (identity == nullptr) return;
  Node pair = MakeMapping(made_);
  if (const Node* crt = identity->Find("crt")) Add(pair, "cert", Pem(*crt));
  if (const Node* key = identity->Find("key")) Add(pair, "key", Pem(*key));
  Set(document, "clientIdentity", std::move(pair));
}

void Migrator::Registries(const Migration& migration, const Node& value) {
  for (const Node& registry : value.children) {
    if (const Node* tls = registry.Find("tls")) {
      Tls(registry.key, *tls);
      Note(migration, registry, Cat("RegistryTLSConfig ", registry.key));
    }
    if (const Node* auth = registry.Find("auth")) {
      Document& document = DocumentFor("RegistryAuthConfig", registry.key);
      for (const Node& part : auth->children) {
        Set(document, part.key, part);
      }
      Note(migration, registry, Cat("RegistryAuthConfig ", registry.key));
    }
  }
}

}  // namespace ichor::config
