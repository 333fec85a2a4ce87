package compat

import (
	"encoding/base64"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// talhelperConfig is a node's whole config as story S2's tool renders it, with secrets filled in.
func talhelperConfig(t *testing.T) string {
	t.Helper()

	text, err := os.ReadFile("testdata/talhelper-n1.yaml")
	require.NoError(t, err)

	bundle, err := testSecrets()
	require.NoError(t, err)

	encode := base64.StdEncoding.EncodeToString

	return strings.NewReplacer(
		"@OS_CRT@", encode(bundle.Certs.OS.Crt), "@OS_KEY@", encode(bundle.Certs.OS.Key),
		"@K8S_CRT@", encode(bundle.Certs.K8s.Crt), "@K8S_KEY@", encode(bundle.Certs.K8s.Key),
		"@AGG_CRT@", encode(bundle.Certs.K8sAggregator.Crt), "@AGG_KEY@", encode(bundle.Certs.K8sAggregator.Key),
		"@ETCD_CRT@", encode(bundle.Certs.Etcd.Crt), "@ETCD_KEY@", encode(bundle.Certs.Etcd.Key),
		"@SA_KEY@", encode(bundle.Certs.K8sServiceAccount.Key),
	).Replace(string(text))
}

// TestATalhelperConfigComesBack checks story S2: a node's whole config is kept byte for byte, and means the same after it
// went through us.
func TestATalhelperConfigComesBack(t *testing.T) {
	ask := startConfigServer(t)
	text := talhelperConfig(t)

	answer := ask("load", text)
	require.True(t, answer.OK, answer.Text)
	require.Equal(t, text, answer.Text)

	written := ask("encode", text)
	require.True(t, written.OK, written.Text)

	for _, library := range libraries(t) {
		require.NoError(t, library.validate(written.Text), library.name)

		before, err := library.meaning(text)
		require.NoError(t, err)

		after, err := library.meaning(written.Text)
		require.NoError(t, err)
		require.Equal(t, before, after, library.name)
	}
}

// TestATalhelperConfigIsValid checks that both libraries and we accept it, and that we say what is on its way out.
func TestATalhelperConfigIsValid(t *testing.T) {
	ask := startConfigServer(t)
	text := talhelperConfig(t)

	for _, library := range libraries(t) {
		require.NoError(t, library.validate(text), library.name)
	}

	answer := ask("validate", "metal", text)
	require.True(t, answer.OK, answer.Text)

	for line := range strings.Lines(answer.Text) {
		require.Contains(t, line, "warning: ")
	}

	require.Contains(t, answer.Text, "machine.files: deprecated (use EtcFileConfig)")
}

// TestATalhelperConfigIsPatched checks that a patch changes what it says, for both libraries, and leaves every other line
// alone.
func TestATalhelperConfigIsPatched(t *testing.T) {
	ask := startConfigServer(t)
	text := talhelperConfig(t)

	const patch = `machine:
  sysctls: {net.core.rmem_max: "8000000"}
  network:
    interfaces:
      - interface: bond0
        vlans: [{vlanId: 30, mtu: 1400}]
  nodeLabels:
    topology.kubernetes.io/zone: rack-2
---
apiVersion: v1alpha1
kind: UserVolumeConfig
name: data
provisioning: {maxSize: 2TiB}
---
apiVersion: v1alpha1
kind: WatchdogTimerConfig
$patch: delete
`

	answer := ask("patch", text, patch)
	require.True(t, answer.OK, answer.Text)

	for _, library := range libraries(t) {
		theirs, err := library.patch(text, patch)
		require.NoError(t, err, library.name)
		require.True(t, sameMeaning(t, library, theirs, answer.Text), library.name)
		require.NoError(t, library.validate(answer.Text), library.name)
	}

	want := strings.NewReplacer(
		`net.core.rmem_max: "7500000"`, `net.core.rmem_max: "8000000"`,
		"zone: rack-1", "zone: rack-2",
		"maxSize: 1TiB", "maxSize: 2TiB",
		"dhcpOptions: {routeMetric: 2048}\n", "dhcpOptions: {routeMetric: 2048}\n                    mtu: 1400\n",
		"---\napiVersion: v1alpha1\nkind: WatchdogTimerConfig\ndevice: /dev/watchdog0\ntimeout: 5m\n", "",
	).Replace(text)
	require.Equal(t, want, answer.Text)
}
