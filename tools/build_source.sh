#!/usr/bin/env bash
# Usage, in the build root: tools/build_source.sh PACKAGE ARCHITECTURE. Unpacks the Debian source package in /sources, with
# Debian's patches, and builds its static libraries into /libraries/ARCHITECTURE. Options: cmake/sources.packages.
set -euo pipefail

package="$1"
arch="$2"
tree=/tmp/source
mkdir "$tree"
tar -x -f /sources/"$package"_*.orig.tar.[gx]z -C "$tree" --strip-components=1
tar -x -f /sources/"$package"_*.debian.tar.[gx]z -C "$tree"
cd "$tree"
if [ -f debian/patches/series ]; then
  sed -e 's/[[:space:]]*#.*//' -e '/^$/d' debian/patches/series | while read -r patch _; do
    git apply --whitespace=nowarn "debian/patches/$patch"
  done
fi

mapfile -t options < <(awk -v package="$package" \
  '/^[a-z0-9]/ { mine = $1 == package } /^ / && mine { print "-D" $1 }' /ichor/cmake/sources.packages)
# The same flags as our own code has in a release, so that the linker can leave out what is not used. No sanitizers.
flags="-O2 -DNDEBUG -fPIC -ffunction-sections -fdata-sections -fstack-protector-strong -fno-omit-frame-pointer -ffile-prefix-map=$tree=."
cmake -S . -B /tmp/build -G Ninja --toolchain "/ichor/cmake/toolchain-$arch.cmake" -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_C_FLAGS_RELEASE="$flags" -DCMAKE_CXX_FLAGS_RELEASE="$flags" -DCMAKE_CXX_STANDARD=23 -DBUILD_SHARED_LIBS=OFF \
  -DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache \
  -DCMAKE_INSTALL_PREFIX="/libraries/$arch" -DCMAKE_INSTALL_LIBDIR=lib "${options[@]}"
cmake --build /tmp/build
cmake --install /tmp/build

mkdir -p "/libraries/$arch/copyright"
cp debian/copyright "/libraries/$arch/copyright/$package"
sed -n -e "1s/^[^ ]* (\([^)]*\)).*/$package \1/p" debian/changelog >>"/libraries/$arch/versions"
