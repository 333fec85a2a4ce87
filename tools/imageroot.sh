# shellcheck disable=SC2154  # what buildroot.sh sets, which is read first
# The trees that images are made from: Debian packages of each architecture, extracted. Sourced by ./ichor after
# tools/buildroot.sh; made and keyed as the sysroots are.
# shellcheck shell=bash

image_architectures=(amd64 arm64)

image_packages_of() { sed -n -e '/^#/d' -e '/^$/d' -e "s/^$1: //" -e '/: /!p' "$here/image/packages"; }

image_tree_key() {
  printf '%s\n' "$suite" "$1" image-1 "$(image_packages_of "$1")" | cat - "$here/image/record_packages.sh" | sha256sum | cut -c1-16
}

image_tree() { printf '%s\n' "$cache/images/$1-$(image_tree_key "$1")"; }

# Makes what is missing; from then on the trees are at /packages/ARCHITECTURE in the build root. Always both: tools of the
# host's help to make the other one's image.
ensure_image_trees() {
  local arch tree
  ensure_roots
  mkdir -p "$cache/images" "$build_root"/packages/{amd64,arm64}
  exec {images_lock}>"$cache/.images.lock"
  flock "$images_lock"
  rm -rf "$cache"/images/.new.*
  for arch in "${image_architectures[@]}"; do
    tree="$(image_tree "$arch")"
    [ -d "$tree" ] || step "extract the $arch packages" make_image_tree "$arch" "$tree"
    root_mounts+=(--ro-bind "$tree" "/packages/$arch")
  done
  exec {images_lock}>&-
}

# make_image_tree ARCHITECTURE DIRECTORY
make_image_tree() {
  local arch="$1" directory="$2" new="$cache/images/.new.$$"
  mkdir -p "$new"
  mmdebstrap --variant=extract --architectures="$arch" --components=main,non-free-firmware \
    --include="$(image_packages_of "$arch" | paste -sd,)" --extract-hook="$here/image/record_packages.sh" \
    "$suite" - | tar -x -C "$new" --no-same-owner --exclude='./dev/*'
  mv "$new" "$directory"
}
