# The build root: a Debian trixie tree with every tool, and one sysroot per architecture with every library.
# Sourced by ./ichor, which sets $here. Trees are made once per content of their package lists, under a lock,
# in a temporary directory that is renamed when whole: an interrupted run leaves nothing that counts.
# shellcheck shell=bash

: "${here:?the checkout: set by ./ichor}"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/ichor"
suite=trixie

die() {
  printf 'ichor: %s\n' "$*" >&2
  exit 1
}

# step NAME COMMAND…: runs COMMAND quietly; prints NAME with its time, and the whole output if it fails.
step() {
  local name="$1" log start status=0
  shift
  log="$(mktemp)"
  start=$EPOCHREALTIME
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if [ "$status" -eq 0 ]; then
    printf '%-44s %7.1f s\n' "$name" "$(seconds_since "$start")"
  else
    cat "$log"
    printf '%-44s FAILED after %.1f s (exit %d)\n' "$name" "$(seconds_since "$start")" "$status"
  fi
  rm -f "$log"
  return "$status"
}

seconds_since() {
  local now=$EPOCHREALTIME
  awk -v a="${1/,/.}" -v b="${now/,/.}" 'BEGIN { printf "%.3f", b - a }'
}

packages_of() { grep -v -e '^#' -e '^$' "$here/cmake/$1.packages"; }

# The name of a tree says all it is made from: suite, architecture, package list and this recipe's version.
tree_key() { printf '%s\n' "$suite" "$2" recipe-3 "$(packages_of "$1")" | sha256sum | cut -c1-16; }

host_arch() {
  case "$(uname -m)" in
    x86_64) echo amd64 ;;
    aarch64) echo arm64 ;;
    *) die "this machine is a $(uname -m): the build root exists for x86_64 and aarch64" ;;
  esac
}

# Sets build_root, sysroot_amd64 and sysroot_arm64, making what is missing, and the libraries (tools/sources.sh).
ensure_roots() {
  ensure_trees
  ensure_libraries
}

ensure_trees() {
  build_root="$cache/roots/$(host_arch)-$(tree_key build-root "$(host_arch)")"
  sysroot_amd64="$cache/sysroots/amd64-$(tree_key sysroot amd64)"
  sysroot_arm64="$cache/sysroots/arm64-$(tree_key sysroot arm64)"
  [ -d "$build_root" ] && [ -d "$sysroot_amd64" ] && [ -d "$sysroot_arm64" ] && command -v bwrap >/dev/null && return
  ensure_host_packages
  mkdir -p "$cache"/{roots,sysroots,ccache,go,tidy}
  exec {roots_lock}>"$cache/.lock"
  flock "$roots_lock"
  rm -rf "$cache"/{roots,sysroots}/.new.*
  [ -d "$build_root" ] || step "make the build root" make_tree essential build-root "$(host_arch)" "$build_root"
  [ -d "$sysroot_amd64" ] || step "make the amd64 sysroot" make_tree extract sysroot amd64 "$sysroot_amd64"
  [ -d "$sysroot_arm64" ] || step "make the arm64 sysroot" make_tree extract sysroot arm64 "$sysroot_arm64"
  exec {roots_lock}>&-
}

ensure_host_packages() {
  local missing=() sudo=()
  command -v mmdebstrap >/dev/null || missing+=(mmdebstrap)
  command -v bwrap >/dev/null || missing+=(bubblewrap)
  [ "$(id -u)" -eq 0 ] || command -v newuidmap >/dev/null || missing+=(uidmap)
  [ ${#missing[@]} -gt 0 ] || { ensure_user_namespaces; return; }
  command -v apt-get >/dev/null || die "please install: ${missing[*]} (this is not a Debian system)"
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || die "please type: sudo apt-get install ${missing[*]}"
    sudo=(sudo -n)
  fi
  step "apt-get update" "${sudo[@]}" apt-get update
  step "install ${missing[*]}" "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "${missing[@]}"
  ensure_user_namespaces
}

# Without root, trees are made in a user namespace, which needs ids of its own and the kernel's leave.
ensure_user_namespaces() {
  [ "$(id -u)" -ne 0 ] || return 0
  local user file
  user="$(id -un)"
  for file in /etc/subuid /etc/subgid; do
    grep -qs -e "^$user:" -e "^$(id -u):" "$file" ||
      die "please type: sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $user"
  done
  unshare --user --map-root-user true 2>/dev/null ||
    die "please type: sudo sysctl --ignore kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0"
}

# make_tree VARIANT LIST ARCHITECTURE DIRECTORY
make_tree() {
  local variant="$1" list="$2" arch="$3" directory="$4" new
  new="$(dirname "$directory")/.new.$$"
  mkdir -p "$new"
  mmdebstrap --variant="$variant" --architectures="$arch" --include="$(packages_of "$list" | paste -sd,)" \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --dpkgopt='path-exclude=/usr/lib/llvm-*/lib/*.a' --dpkgopt='path-include=/usr/lib/llvm-*/lib/clang/*.a' \
    "$suite" - | tar -x -C "$new" --no-same-owner --exclude='./dev/*'
  mkdir -p "$new"/{ichor,cache,sysroot/amd64,sysroot/arm64}
  # An extracted tree lacks the links of the merged /usr, which libc's linker scripts go through. `include` is for ninja,
  # which shortens clang's lib/gcc/…/../../../../include without looking where lib leads.
  local top
  for top in bin include lib lib64; do
    [ -e "$new/$top" ] || [ ! -d "$new/usr/$top" ] || ln -s "usr/$top" "$new/$top"
  done
  mv "$new" "$directory"
}

# Removes all of ~/.cache/ichor. Go keeps its module cache read-only, hence the chmod.
remove_cache() {
  [ ! -d "$cache" ] || { chmod -R u+w "$cache" && rm -rf "$cache"; }
}

# What a company network needs to be reached, and nothing else of the caller's environment.
passed_variables=(http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY GOPROXY GONOSUMDB GOSUMDB
  GOPRIVATE GONOSUMCHECK TERM CI NINJA_STATUS)

# More mounts, as words for bwrap.
root_mounts=()

# in_root COMMAND…: runs COMMAND in the build root, the checkout at /ichor, the caches at /cache. The fixed path
# makes ccache and the bytes of a build independent of where the checkout lies.
in_root() { enter_root -- "$@"; }

# The same for what makes namespaces of its own ([kernel] tests): it keeps the capabilities for that.
in_root_with_namespaces() {
  if [ "$(id -u)" -eq 0 ]; then enter_root -- "$@"; else enter_root --unshare-user --uid 0 --gid 0 --cap-add ALL -- "$@"; fi
}

enter_root() {
  local options=() variable
  while [ "$1" != -- ]; do options+=("$1"); shift; done
  shift
  for variable in "${passed_variables[@]}"; do
    [ -z "${!variable:-}" ] || options+=(--setenv "$variable" "${!variable}")
  done
  local bundle="${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}"
  [ ! -f "$bundle" ] || options+=(--ro-bind "$(readlink -f "$bundle")" /etc/ssl/certs/ca-certificates.crt)
  [ ! -e /etc/resolv.conf ] || options+=(--ro-bind "$(readlink -f /etc/resolv.conf)" /etc/resolv.conf)
  [ ! -e /etc/hosts ] || options+=(--ro-bind /etc/hosts /etc/hosts)
  bwrap --die-with-parent --ro-bind "$build_root" / --proc /proc --dev /dev --tmpfs /tmp --tmpfs /run --tmpfs /root \
    --dev-bind-try /dev/kvm /dev/kvm --dev-bind-try /dev/net/tun /dev/net/tun \
    --bind "$here" /ichor --bind "$cache" /cache \
    --ro-bind "$sysroot_amd64" /sysroot/amd64 --ro-bind "$sysroot_arm64" /sysroot/arm64 \
    --clearenv --setenv PATH /usr/lib/llvm-19/bin:/usr/lib/go/bin:/usr/bin:/usr/sbin --setenv HOME /root --setenv LANG C.UTF-8 \
    --setenv CCACHE_DIR /cache/ccache --setenv CCACHE_BASEDIR /ichor --setenv CCACHE_DEPEND 1 --setenv CCACHE_SLOPPINESS pch_defines,time_macros \
    --setenv GOPATH /cache/go --setenv GOCACHE /cache/go/build --setenv GOTOOLCHAIN auto --setenv GOFLAGS -buildvcs=false \
    --setenv SSL_CERT_FILE /etc/ssl/certs/ca-certificates.crt \
    "${root_mounts[@]}" "${options[@]}" --chdir /ichor "$@"
}
