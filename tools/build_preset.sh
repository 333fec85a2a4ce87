#!/usr/bin/env bash
# Usage, in the build root: tools/build_preset.sh PRESET [TARGET…]. Compiles a configured preset.
# Ninja dies of a log that a crash has torn. It only saves work, so a new one is begun.
set -euo pipefail

preset="$1"
shift
code=0
ninja -C "build/$preset" -t deps none >/dev/null 2>&1 || code=$?
[ "$code" -le 128 ] || rm -f "build/$preset/.ninja_deps" "build/$preset/.ninja_log"
exec cmake --build --preset "$preset" ${1:+--target "$@"}
