package compat

import (
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/configloader"
	"github.com/siderolabs/talos/pkg/machinery/config/generate"
	"github.com/siderolabs/talos/pkg/machinery/config/generate/secrets"
	"github.com/siderolabs/talos/pkg/machinery/config/machine"
	"github.com/siderolabs/talos/pkg/machinery/config/validation"
	"github.com/stretchr/testify/require"

	"ichor.dev/tests/compat/harness"
)

// metal is a machine with a disk to install to.
type metal struct{}

func (metal) String() string        { return "metal" }
func (metal) RequiresInstall() bool { return true }
func (metal) InContainer() bool     { return false }

// oldPatches are story S1's, in the one-document form.
var oldPatches = []string{
	"cluster: {allowSchedulingOnControlPlanes: true}\n",
	"cluster: {network: {cni: {name: none}}, proxy: {disabled: true}}\n",
	"cluster: {clusterName: kronform.example.org, network: {dnsDomain: local.kronform.example.org}}\n",
	`machine:
  install: {disk: none, diskSelector: {size: '< 1TB'}, image: 'ghcr.io/siderolabs/installer:v1.4.4'}
  network: {hostname: n1, interfaces: [{interface: eth0, dhcp: true}]}
`,
}

// testSecrets are the same for all configs: an RSA key takes its time.
var testSecrets = sync.OnceValues(func() (*secrets.Bundle, error) {
	return secrets.NewBundle(secrets.NewClock(), config.TalosVersionCurrent)
})

// generated is a config of the official generator, comments included.
func generated(t *testing.T, kind machine.Type, options ...generate.Option) string {
	t.Helper()

	bundle, err := testSecrets()
	require.NoError(t, err)

	input, err := generate.NewInput("kronform", "https://api.example.org:6443", "1.35.0",
		append([]generate.Option{generate.WithSecretsBundle(bundle)}, options...)...)
	require.NoError(t, err)

	made, err := input.Config(kind)
	require.NoError(t, err)

	text, err := made.Bytes()
	require.NoError(t, err)

	return string(text)
}

// accepted says that the official library loads and validates a config without an error.
func accepted(t *testing.T, text string) {
	t.Helper()

	loaded, err := configloader.NewFromBytes([]byte(text))
	require.NoError(t, err, text)

	_, err = loaded.Validate(metal{}, validation.WithLocal())
	require.NoError(t, err, text)
}

func startConfigServer(t *testing.T) func(operation string, texts ...string) harness.Answer {
	t.Helper()

	server, found, err := harness.StartConfigServer()
	require.NoError(t, err)

	if !found {
		t.Skip(harness.ConfigServerVariable + " is unset")
	}

	t.Cleanup(func() { require.NoError(t, server.Stop()) })

	return func(operation string, texts ...string) harness.Answer {
		answer, err := server.Ask(operation, texts...)
		require.NoError(t, err)

		return answer
	}
}

// TestGeneratedConfigsAreValidHere checks that we find nothing wrong with what the official
// generator makes, for control planes and workers of each version of the form.
func TestGeneratedConfigsAreValidHere(t *testing.T) {
	ask := startConfigServer(t)

	for _, version := range []string{"", "v1.2", "v1.6", "v1.8", "v1.11", "v1.12", "v1.13", "v1.14"} {
		for _, kind := range []machine.Type{machine.TypeControlPlane, machine.TypeWorker} {
			t.Run(version+" "+kind.String(), func(t *testing.T) {
				var options []generate.Option

				if version != "" {
					contract, err := config.ParseContractFromVersion(version)
					require.NoError(t, err)

					options = append(options, generate.WithVersionContract(contract))

					if version == "v1.2" { // it encrypts with another cipher
						bundle, err := secrets.NewBundle(secrets.NewClock(), contract)
						require.NoError(t, err)

						options = append(options, generate.WithSecretsBundle(bundle))
					}
				}

				options = append(options, generate.WithInstallDisk("/dev/sda"))
				text := generated(t, kind, options...)
				accepted(t, text)

				answer := ask("validate", "metal", text)
				require.True(t, answer.OK, answer.Text)

				for line := range strings.Lines(answer.Text) {
					require.Contains(t, line, "warning: ", text)
				}
			})
		}
	}
}

// TestOldPatchesAreMigrated checks story S1: patches of the one-document form over a config of the
// current form give a config that the official library accepts.
func TestOldPatchesAreMigrated(t *testing.T) {
	ask := startConfigServer(t)
	text := generated(t, machine.TypeControlPlane, generate.WithInstallDisk("/dev/sda"))

	answer := ask("migrate", append([]string{text}, oldPatches...)...)
	require.True(t, answer.OK, answer.Text)
	accepted(t, answer.Text)

	contract, err := config.ParseContractFromVersion("v1.11")
	require.NoError(t, err)

	old := generated(t, machine.TypeControlPlane, generate.WithInstallDisk("/dev/sda"), generate.WithVersionContract(contract))

	answer = ask("migrate", append([]string{old}, oldPatches...)...)
	require.True(t, answer.OK, answer.Text)
	accepted(t, answer.Text)
}

// TestConfigIsReadFast compares how long reading and validating a long config takes.
func TestConfigIsReadFast(t *testing.T) {
	ask := startConfigServer(t)

	text := generated(t, machine.TypeControlPlane, generate.WithInstallDisk("/dev/sda"))
	for i := 0; strings.Count(text, "\n") < 1500; i++ {
		name := "eth" + strconv.Itoa(i)
		text += "---\napiVersion: v1alpha1\nkind: LinkConfig\nname: " + name +
			"\nmtu: 1500 # bytes\naddresses:\n    - address: 10.0.0.1/24\n    - address: fd00::1/64\nroutes:\n" +
			"    - destination: 10.1.0.0/16\n      gateway: 10.0.0.254\n      metric: 100\n"
	}

	const rounds = 20

	var theirs time.Duration

	for range rounds {
		start := time.Now()
		loaded, err := configloader.NewFromBytes([]byte(text))
		require.NoError(t, err)

		_, err = loaded.Validate(metal{}, validation.WithLocal())
		require.NoError(t, err)

		theirs += time.Since(start)
	}

	answer := ask("time", strconv.Itoa(rounds), text)
	require.True(t, answer.OK, answer.Text)

	var ours time.Duration

	for field := range strings.FieldsSeq(answer.Text) {
		nanoseconds, err := strconv.ParseInt(field, 10, 64)
		require.NoError(t, err)

		ours += time.Duration(nanoseconds)
	}

	t.Logf("%d lines: ours %v, theirs %v", strings.Count(text, "\n"), ours/rounds, theirs/rounds)
}
