#!/bin/sh
# mmdebstrap's extract-hook: notes in the tree $1 which packages it was made from, before their archives are deleted.
#   /packages.tsv   package, version, architecture, source package, its version
#   /files.tsv      package, path of a file or link
set -eu

cd "$1"
for archive in var/cache/apt/archives/*.deb; do
  # shellcheck disable=SC2016  # the format is dpkg's, not the shell's
  dpkg-deb -W --showformat='${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\n' \
    "$archive" >>packages.tsv
  package="$(dpkg-deb -f "$archive" Package)"
  dpkg-deb --fsys-tarfile "$archive" | tar -t | sed -n -e "s|^\./\(.*[^/]\)\$|$package	\1|p" >>files.tsv
done
