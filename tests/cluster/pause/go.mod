module ichor.dev/tests/cluster/pause

go 1.26.6

toolchain go1.26.11
