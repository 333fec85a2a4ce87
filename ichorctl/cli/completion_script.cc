// The scripts that ask `ichorctl __complete`.
#include <format>

#include "ichorctl/cli/complete.h"

namespace ichor::ctl {
namespace {

constexpr std::string_view kBash =
    R"SCRIPT(# bash completion for ichorctl: source <(ichorctl completion bash)
_ichorctl() {
  local word answer
  local -a words=("${COMP_WORDS[@]:1:COMP_CWORD}")
  # bash takes "--flag=value" apart at the sign; put it together again.
  local -a joined=()
  for word in "${words[@]}"; do
    if [ ${#joined[@]} -gt 0 ] && { [ "$word" = = ] || [[ "${joined[-1]}" == --*= ]]; }; then
      joined[-1]+="$word"
    else
      joined+=("$word")
    fi
  done
  COMPREPLY=()
  answer="$(ichorctl __complete -- "${joined[@]}" 2>/dev/null)" || return
  while IFS=$'\t' read -r word _; do
    case "$word" in
      :file) compopt -o default 2>/dev/null; return ;;
      :directory) compopt -o dirnames 2>/dev/null; return ;;
      :nothing) return ;;
      --*=*) COMPREPLY+=("${word#*=}") ;;
      *) COMPREPLY+=("$word") ;;
    esac
  done <<<"$answer"
}
complete -F _ichorctl ichorctl
)SCRIPT";

constexpr std::string_view kZsh =
    R"SCRIPT(#compdef ichorctl
# zsh completion for ichorctl: source <(ichorctl completion zsh), or as _ichorctl in a directory of $fpath
_ichorctl() {
  local line
  local -a described
  local rest=
  while IFS= read -r line; do
    case "$line" in
      :*) rest="$line" ;;
      *) described+=("${${line%%$'\t'*}//:/\\:}${${(M)line:#*$'\t'*}:+:${line#*$'\t'}}") ;;
    esac
  done < <(ichorctl __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
  (( ${#described} )) && _describe ichorctl described
  case "$rest" in
    :file) _files ;;
    :directory) _files -/ ;;
  esac
}
if [ "$funcstack[1]" = _ichorctl ]; then
  _ichorctl "$@"
else
  compdef _ichorctl ichorctl
fi
)SCRIPT";

constexpr std::string_view kFish =
    R"SCRIPT(# fish completion for ichorctl: ichorctl completion fish | source
function __ichorctl_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l answer (ichorctl __complete -- $words[2..-1] 2>/dev/null)
    for line in $answer
        switch $line
            case ':file'
                __fish_complete_path (commandline -ct)
            case ':directory'
                __fish_complete_directories (commandline -ct)
            case ':*'
            case '*'
                echo $line
        end
    end
end
complete -c ichorctl -f -a '(__ichorctl_complete)'
)SCRIPT";

}  // namespace

absl::StatusOr<std::string> CompletionScript(std::string_view shell) {
  if (shell == "bash") {
    return std::string(kBash);
  }
  if (shell == "zsh") {
    return std::string(kZsh);
  }
  if (shell == "fish") {
    return std::string(kFish);
  }
  return absl::InvalidArgumentError(
      std::format("no completion for \"{}\": there is bash, zsh, fish", shell));
}

}  // namespace ichor::ctl
