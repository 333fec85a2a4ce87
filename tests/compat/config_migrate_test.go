package compat

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/generate"
	"github.com/siderolabs/talos/pkg/machinery/config/generate/secrets"
	"github.com/siderolabs/talos/pkg/machinery/config/machine"
	"github.com/stretchr/testify/require"
)

// retold matches answers that change with the form while the node does the same.
var retold = regexp.MustCompile(strings.Join([]string{
	`^\.NetworkHostnameConfig\.AutoHostname$`, // nobody asks how to make a name where one is stated

	// Asked of the old section; the node asks the question beside it, whose answer is compared too.
	`^\.Machine\.(Env|Sysctls|Sysfs)\.`, `^\.Environment\.Variables\.`, // Environment, SysctlConfig, SysfsConfig
	`^\.Cluster\.Discovery\.`, // DiscoveryServiceConfigs

	// Stated where the library had it built in.
	`^\.K8sAPIServerConfig\.(InjectDefaultAuthorizers|UseAuthenticationConfig)$`, `^\.K8s(AuthorizerConfigs|AuthenticationConfig)$`,
	`^\.Cluster\.(Secretbox|AESCBC)EncryptionSecret$`, `^\.K8sEtcdEncryptionConfig$`,

	// What every document of the kind has: certificates of the image's own, a probe, a file instead of flags.
	`^\.K8sAPIServerConfig\.(ExtraVolumes|StartupProbesEnabled)$`, `^\.K8sProxyConfig\.UseConfigFile$`,
}, "|"))

// onWorkers matches answers that only control planes ask for.
var onWorkers = regexp.MustCompile(`^\.K8sFlannelCNIConfig$`)

// richPatch says in the one-document form what has documents today.
const richPatch = `machine:
  sysctls: {net.ipv4.ip_forward: "1"}
  sysfs: {devices.system.cpu.cpu0.cpufreq.scaling_governor: performance}
  env: {GRPC_GO_LOG_VERBOSITY_LEVEL: "99"}
  udev: {rules: ["SUBSYSTEM==\"drm\", MODE=\"0666\""]}
  kernel: {modules: [{name: btrfs, parameters: [a=b]}]}
  time: {servers: [time.example.org], bootTimeout: 2m}
  network:
    hostname: n1
    nameservers: [1.1.1.1]
    searchDomains: [example.org]
    extraHostEntries: [{ip: 10.0.0.9, aliases: [a, b]}]
    kubespan: {enabled: true, mtu: 1400, filters: {endpoints: [0.0.0.0/0]}}
  registries:
    mirrors: {docker.io: {endpoints: ["https://m.example.org"], skipFallback: true}}
    config: {m.example.org: {auth: {username: u, password: p}, tls: {insecureSkipVerify: true}}}
  systemDiskEncryption:
    state: {provider: luks2, keys: [{slot: 0, nodeID: {}}]}
    ephemeral: {provider: luks2, keys: [{slot: 1, static: {passphrase: s}}]}
`

// migrated is a config in the form of today, as far as a library knows its documents.
func migrated(t *testing.T, library library, text string) string {
	t.Helper()

	ask := startConfigServer(t)
	request := []string{text}

	for kind := range strings.SplitSeq(strings.TrimSpace(ask("kinds").Text), "\n") {
		if !library.knows(kind) || slices.Contains(library.lacking, kind) {
			request = append(request, kind)
		}
	}

	answer := ask("migrate-whole", request...)
	require.True(t, answer.OK, answer.Text)

	return answer.Text
}

// TestMigratedConfigsMeanTheSame reads old configs and what they are migrated to, with an old reader and with a new one.
func TestMigratedConfigsMeanTheSame(t *testing.T) {
	ask := startConfigServer(t)

	for _, library := range libraries(t) {
		for _, version := range []string{"v1.2", "v1.6", "v1.11"} {
			for _, kind := range []machine.Type{machine.TypeControlPlane, machine.TypeWorker} {
				t.Run(fmt.Sprintf("%s/%s-%s", library.name, version, kind), func(t *testing.T) {
					rich := ask("patch", oldConfig(t, version, kind), richPatch)
					require.True(t, rich.OK, rich.Text)

					current := migrated(t, library, rich.Text)
					require.NoError(t, library.validate(rich.Text))
					require.NoError(t, library.validate(current), current)

					before, err := library.view(rich.Text)
					require.NoError(t, err)

					after, err := library.view(current)
					require.NoError(t, err)

					if kind == machine.TypeWorker {
						sameAnswers(t, "", before, after, retold, onWorkers)
					} else {
						sameAnswers(t, "", before, after, retold)
					}
				})
			}
		}
	}
}

func oldConfig(t *testing.T, version string, kind machine.Type) string {
	t.Helper()

	contract, err := config.ParseContractFromVersion(version)
	require.NoError(t, err)

	options := []generate.Option{generate.WithInstallDisk("/dev/sda"), generate.WithVersionContract(contract)}

	if version == "v1.2" { // it encrypts with another cipher
		bundle, err := secrets.NewBundle(secrets.NewClock(), contract)
		require.NoError(t, err)

		options = append(options, generate.WithSecretsBundle(bundle))
	}

	return generated(t, kind, options...)
}

// sameAnswers fails for each answer that the two forms give differently, except those whose path is expected to.
func sameAnswers(t *testing.T, path string, before, after any, expected ...*regexp.Regexp) {
	t.Helper()

	beforeMap, isMap := before.(map[string]any)
	afterMap, isAfterMap := after.(map[string]any)

	if !isMap || !isAfterMap {
		matches := func(one *regexp.Regexp) bool { return one.MatchString(path) }
		if fmt.Sprint(before) != fmt.Sprint(after) && !slices.ContainsFunc(expected, matches) {
			t.Errorf("%s: before %v, after %v", path, before, after)
		}

		return
	}

	for key, value := range beforeMap {
		sameAnswers(t, path+"."+key, value, afterMap[key], expected...)
	}

	for key, value := range afterMap {
		if _, found := beforeMap[key]; !found {
			sameAnswers(t, path+"."+key, nil, value, expected...)
		}
	}
}
