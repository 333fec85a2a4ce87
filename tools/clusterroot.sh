# shellcheck disable=SC2154  # what buildroot.sh sets, which is read first
# The trees of Debian packages that the images of a test cluster are made from. Sourced by ./ichor after tools/imageroot.sh;
# made and keyed as those are.
# shellcheck shell=bash

cluster_packages() { sed -e '/^#/d' -e '/^$/d' "$here/tests/cluster/packages"; }

cluster_tree() {
  local key
  key="$(printf '%s\n' "$suite" "$1" cluster-1 "$(cluster_packages)" | cat - "$here/image/record_packages.sh" | sha256sum | cut -c1-16)"
  printf '%s\n' "$cache/cluster/packages/$1-$key"
}

# ensure_cluster_tree ARCH: from then on the tree is at /packages/cluster in the build root.
ensure_cluster_tree() {
  local arch="$1" tree
  ensure_roots
  tree="$(cluster_tree "$arch")"
  mkdir -p "$cache/cluster/packages" "$build_root/packages/cluster"
  exec {cluster_lock}>"$cache/cluster/.packages.lock"
  flock "$cluster_lock"
  rm -rf "$cache"/cluster/packages/.new.*
  [ -d "$tree" ] || step "extract the $arch packages of a cluster" make_cluster_tree "$arch" "$tree"
  root_mounts+=(--ro-bind "$tree" /packages/cluster)
  exec {cluster_lock}>&-
}

# make_cluster_tree ARCHITECTURE DIRECTORY
make_cluster_tree() {
  local arch="$1" directory="$2" new="$cache/cluster/packages/.new.$$"
  mkdir -p "$new"
  mmdebstrap --variant=extract --architectures="$arch" --include="$(cluster_packages | paste -sd,)" \
    --extract-hook="$here/image/record_packages.sh" "$suite" - | tar -x -C "$new" --no-same-owner --exclude='./dev/*'
  mv "$new" "$directory"
}
