# shellcheck disable=SC2154  # what buildroot.sh sets, which is read first
# The libraries of cmake/sources.packages: Debian's source packages, fetched and checked by apt, compiled in the build root
# for each architecture. Sourced by ./ichor after tools/buildroot.sh; trees are made and keyed as the sysroots are.
# shellcheck shell=bash

source_packages() { grep -o '^[a-z0-9][^ ]*' "$here/cmake/sources.packages"; }

# The trees depend on the compiler and the headers too.
libraries_key() {
  printf '%s\n' "$suite" "$1" "${build_root##*/}" "${sysroot_amd64##*/}" "${sysroot_arm64##*/}" |
    cat - "$here"/cmake/sources.packages "$here"/tools/{sources,build_source}.sh "$here/cmake/toolchain-$1.cmake" |
    sha256sum | cut -c1-16
}

# Sets libraries_amd64 and libraries_arm64, making what is missing. After the roots are there.
ensure_libraries() {
  libraries_amd64="$cache/libraries/amd64-$(libraries_key amd64)"
  libraries_arm64="$cache/libraries/arm64-$(libraries_key arm64)"
  [ -d "$build_root/libraries" ] || mkdir -p "$build_root"/libraries/{amd64,arm64} "$build_root/sources"
  if [ ! -d "$libraries_amd64" ] || [ ! -d "$libraries_arm64" ]; then
    mkdir -p "$cache/libraries"
    exec {libraries_lock}>"$cache/.libraries.lock"
    flock "$libraries_lock"
    rm -rf "$cache"/libraries/.new.*
    make_libraries
    exec {libraries_lock}>&-
  fi
  root_mounts+=(--ro-bind "$libraries_amd64" /libraries/amd64 --ro-bind "$libraries_arm64" /libraries/arm64)
}

make_libraries() {
  local sources="$cache/libraries/.new.sources.$$" arch tree
  mkdir "$sources"
  step "fetch the sources of $(source_packages | paste -sd' ')" fetch_sources "$sources" || exit
  [ ! -s "$sources/warnings" ] || cat "$sources/warnings"
  for arch in amd64 arm64; do
    tree="$cache/libraries/$arch-$(libraries_key "$arch")"
    [ -d "$tree" ] || step "build them for $arch" build_libraries "$arch" "$sources" "$tree" || exit
  done
  rm -rf "$sources"
}

# fetch_sources DIRECTORY: mmdebstrap sets apt up with the keys of the suite, as for the roots; the hook asks that apt.
# mmdebstrap's archive goes on behind its end, hence the cat. A mirror may lack the files of what its index lists: a security
# update whose source it does not keep, a version that it is about to get. Then the next older version in its index is fetched,
# with a warning.
fetch_sources() {
  local directory="$1" mirror="${ICHOR_MIRROR:-http://deb.debian.org}" hook="$1/hook"
  cat >"$hook" <<'HOOK'
#!/bin/sh
set -eu
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"
mkdir "$1/sources"
cd "$1/sources"
for package in $PACKAGES; do
  newest=
  for version in $(apt-cache showsrc --only-source "$package" | sed -n 's/^Version: //p' | sort -rV | uniq); do
    if apt-get source --download-only "$package=$version"; then
      [ -z "$newest" ] || echo "warning: $package: the mirror lacks the source of $newest; built from $version" >>warnings
      continue 2
    fi
    rm -f ./"$package"_*
    newest="${newest:-$version}"
  done
  echo "$package: the mirror has the source of no version that its index lists" >&2
  exit 1
done
HOOK
  chmod +x "$hook"
  PACKAGES="$(source_packages | paste -sd' ')" \
    mmdebstrap --variant=custom --customize-hook="$hook" "$suite" - "deb-src $mirror/debian $suite main" \
    "deb-src $mirror/debian $suite-updates main" "deb-src $mirror/debian-security $suite-security main" |
    { tar -x -C "$directory" --no-same-owner --strip-components=2 ./sources && cat >/dev/null; }
}

# build_libraries ARCHITECTURE SOURCES DIRECTORY
build_libraries() {
  local arch="$1" sources="$2" directory="$3" new="$cache/libraries/.new.$$" package
  mkdir "$new"
  for package in $(source_packages); do
    enter_root --ro-bind "$sources" /sources --bind "$new" "/libraries/$arch" -- \
      tools/build_source.sh "$package" "$arch" || return
  done
  mv "$new" "$directory"
}
