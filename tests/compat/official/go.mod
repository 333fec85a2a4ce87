module ichor.dev/tests/compat/official

go 1.26.0

require (
	github.com/siderolabs/talos/pkg/machinery v1.13.9
	go.yaml.in/yaml/v4 v4.0.0-rc.2
)
