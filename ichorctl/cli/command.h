// Commands as data: what there is to type. Parsing, help, completion and man pages all come from
// it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "ichorctl/cli/session.h"

namespace ichor::ctl {

// What a shell offers for a value.
enum class Completes : std::uint8_t { kNothing, kFile, kDirectory, kContext };

// Where the value of a flag goes. A switch is a bool; of several values of a text or number the
// last counts; a list has them all.
using Target = std::variant<bool*, int*, std::string*, std::vector<std::string>*>;

struct Flag {
  std::string name;                  // "output", typed as --output
  char letter = '\0';                // 'o', typed as -o; none if zero
  std::string value{};               // what the value is called in help: "FILE"; empty for a switch
  std::string help;                  // begins with a small letter, without a full stop
  Target target;                     // must outlive the command
  std::vector<std::string> words{};  // the values that there are; any if empty
  Completes completes = Completes::kNothing;
  bool split = false;           // a list whose values may also stand in one, with commas between
  bool hidden = false;          // not in help
  std::string shown_default{};  // what the help says if the target's own value does not say it
};

struct Argument {
  std::string name;  // "FILE"
  std::string help;
  bool required = true;
  bool repeated = false;  // the last one only
  Completes completes = Completes::kNothing;
  std::vector<std::string> words{};
};

struct Example {
  std::string about;
  std::string line;
};

struct Command {
  std::string name;
  std::vector<std::string> aliases{};
  std::string summary;        // one line, begins with a capital, without a full stop
  std::string description{};  // paragraphs, if the summary does not say it all
  std::vector<Example> examples{};
  std::vector<Flag> flags{};  // for the commands below too
  std::vector<Argument> arguments{};
  std::vector<Command> commands{};  // either commands or `run`
  std::function<absl::Status(Session&, const std::vector<std::string>& arguments)> run{};
  bool hidden = false;
};

// The command or alias of `parent` called `name`; nullptr if there is none.
const Command* FindCommand(const Command& parent, std::string_view name);

// "true", "24", "secrets.yaml", "a,b": the value that a flag has if it is not given; empty if that
// is nothing worth saying.
std::string DefaultOf(const Flag& flag);

// Whether `flag` takes no value.
bool IsSwitch(const Flag& flag);

}  // namespace ichor::ctl
