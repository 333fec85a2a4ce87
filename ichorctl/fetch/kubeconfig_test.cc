#include "ichorctl/fetch/kubeconfig.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "common/common.pb.h"
#include "ichorctl/fetch/fetch_commands.h"
#include "ichorctl/fetch/test_archive.h"
#include "ichorctl/look/ask.h"
#include "ichorctl/nodes/test_node.h"
#include "lib/base/status_matchers.h"

namespace ichor::ctl {
namespace {

using base::IsOk;

std::string FileOf(const std::string& server, const std::string& key) {
  return "apiVersion: v1\n"
         "clusters:\n"
         "    - cluster:\n"
         "        server: " +
         server +
         "\n"
         "      name: home\n"
         "contexts:\n"
         "    - context:\n"
         "        cluster: home\n"
         "        user: admin@home\n"
         "      name: admin@home\n"
         "current-context: admin@home\n"
         "kind: Config\n"
         "users:\n"
         "    - name: admin@home\n"
         "      user:\n"
         "        client-key-data: " +
         key + "\n";
}

OnConflict Renames(const std::string& /*what*/, const std::string& /*name*/) {
  return OnConflict::kRename;
}

OnConflict Overwrites(const std::string& /*what*/, const std::string& /*name*/) {
  return OnConflict::kOverwrite;
}

void AnswerFile(TestNode& node, const std::string& text) {
  common::Data data;
  data.set_bytes(Gzip(Entry('0', "kubeconfig", text) + std::string(1024, '\0')));
  node.Answer(MachineMethod("Kubeconfig"), data);
}

}  // namespace

TEST_CASE("kubeconfig: what was there stays, and what is new becomes the current context") {
  const auto first = MergeKubeconfig("", FileOf("one", "k"), Renames);
  REQUIRE_THAT(first, IsOk());
  CHECK(first->text == FileOf("one", "k"));
  CHECK(MergeKubeconfig(first->text, FileOf("one", "k"), Renames)->text == first->text);
  const auto second =
      MergeKubeconfig("preferences: {}\nusers: [{name: other}]\ncontexts: []\ncurrent-context: x\n",
                      FileOf("one", "k"), Renames);
  REQUIRE_THAT(second, IsOk());
  CHECK(second->text.contains("preferences: {}\n"));
  CHECK(second->text.contains("    - name: other\n"));
  CHECK(second->text.contains("current-context: admin@home\n"));
}

TEST_CASE("kubeconfig: names that are taken are renamed everywhere, or overwritten") {
  const auto renamed = MergeKubeconfig(FileOf("one", "k"), FileOf("two", "l"), Renames);
  REQUIRE_THAT(renamed, IsOk());
  CHECK(renamed->context == "admin@home-1");
  CHECK(renamed->text.contains("        server: one\n      name: home\n"));
  CHECK(renamed->text.contains("        server: two\n      name: home-1\n"));
  CHECK(renamed->text.contains(
      "        cluster: home-1\n        user: admin@home-1\n      name: admin@home-1\n"));
  CHECK(renamed->text.contains("current-context: admin@home-1\n"));
  const auto replaced = MergeKubeconfig(FileOf("one", "k"), FileOf("two", "l"), Overwrites);
  REQUIRE_THAT(replaced, IsOk());
  CHECK(replaced->text == FileOf("two", "l"));
  CHECK_FALSE(MergeKubeconfig("- x\n", FileOf("one", "k"), Renames).ok());
  CHECK_FALSE(MergeKubeconfig("", "{}", Renames).ok());
}

TEST_CASE("kubeconfig: the command merges, or writes a file of its own") {
  TestNode node;
  AnswerFile(node, FileOf("one", "k"));
  const std::string path = node.session().PathOf("config");
  REQUIRE_THAT(node.Run(KubeconfigCommand, {path}), IsOk());
  CHECK(node.session().Read("config") == FileOf("one", "k"));
  CHECK(node.session().ModeOf("config") == 0600);
  AnswerFile(node, FileOf("two", "l"));
  REQUIRE_THAT(node.Run(KubeconfigCommand, {path}), IsOk());
  CHECK(node.session().Read("config").contains("name: admin@home-1\n"));
  REQUIRE_THAT(node.Run(KubeconfigCommand, {path, "--force", "--force-context-name", "mine"}),
               IsOk());
  CHECK(node.session().Read("config").contains("current-context: mine\n"));
  REQUIRE_THAT(node.Run(KubeconfigCommand, {"-"}), IsOk());
  CHECK(node.out() == FileOf("two", "l"));
  CHECK(node.Run(KubeconfigCommand, {path, "--merge=false"}).code() ==
        absl::StatusCode::kAlreadyExists);
  REQUIRE_THAT(node.Run(KubeconfigCommand, {path, "--merge=false", "-f"}), IsOk());
  CHECK(node.session().Read("config") == FileOf("two", "l"));
}

}  // namespace ichor::ctl
