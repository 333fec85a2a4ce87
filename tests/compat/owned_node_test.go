package compat

import (
	"crypto/tls"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/cosi-project/runtime/pkg/safe"
	"github.com/siderolabs/talos/pkg/machinery/api/machine"
	"github.com/siderolabs/talos/pkg/machinery/client"
	clientconfig "github.com/siderolabs/talos/pkg/machinery/client/config"
	"github.com/siderolabs/talos/pkg/machinery/config/generate"
	"github.com/siderolabs/talos/pkg/machinery/config/generate/secrets"
	configmachine "github.com/siderolabs/talos/pkg/machinery/config/machine"
	configresource "github.com/siderolabs/talos/pkg/machinery/resources/config"
	"github.com/siderolabs/talos/pkg/machinery/resources/runtime"
	"github.com/siderolabs/talos/pkg/machinery/role"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/constants"
)

// ownPatience is what emulation on a busy host may need; a node needs a fraction of it.
const ownPatience = 5 * time.Minute

// owned is a cluster of one node, made by the official library.
type owned struct {
	text     string
	contexts *clientconfig.Config
	secrets  *secrets.Bundle
}

func newOwned(t *testing.T) owned {
	t.Helper()

	bundle, err := secrets.NewBundle(secrets.NewClock(), config.TalosVersionCurrent)
	require.NoError(t, err)

	input, err := generate.NewInput("owned", "https://127.0.0.1:6443", constants.DefaultKubernetesVersion,
		generate.WithSecretsBundle(bundle), generate.WithEndpointList([]string{os.Getenv(addressVariable)}),
		generate.WithRoles(role.MakeSet(role.Admin)),
		generate.WithInstallDisk("/dev/vda"))
	require.NoError(t, err)

	made, err := input.Config(configmachine.TypeControlPlane)
	require.NoError(t, err)

	text, err := made.Bytes()
	require.NoError(t, err)

	contexts, err := input.Talosconfig()
	require.NoError(t, err)

	return owned{text: string(text), contexts: contexts, secrets: bundle}
}

func (o owned) client(t *testing.T) *client.Client {
	t.Helper()

	return o.clientWith(t, o.contexts)
}

func (o owned) clientWith(t *testing.T, contexts *clientconfig.Config) *client.Client {
	t.Helper()

	c, err := client.New(t.Context(), client.WithConfig(contexts), client.WithEndpoints(os.Getenv(addressVariable)))
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() }) //nolint:errcheck

	return c
}

// The first config by the official client, and what is true of the node from then on. It is the last test of a node: it
// has an owner afterwards.
func TestOwnedNode(t *testing.T) {
	anybody := maintenanceClient(t)
	cluster := newOwned(t)

	reply, err := anybody.ApplyConfiguration(t.Context(), &machine.ApplyConfigurationRequest{
		Data: []byte(cluster.text), Mode: machine.ApplyConfigurationRequest_AUTO,
	})
	require.NoError(t, err)
	assert.Contains(t, reply.Messages[0].ModeDetails, "/dev/vda")

	c := cluster.client(t)
	require.Eventually(t, func() bool {
		version, err := c.Version(t.Context())

		return err == nil && version.Messages[0].Features.GetRbac()
	}, ownPatience, time.Second)

	t.Run("StrangersAreRefused", func(t *testing.T) {
		stranger, err := client.New(t.Context(), client.WithEndpoints(os.Getenv(addressVariable)),
			client.WithTLSConfig(&tls.Config{InsecureSkipVerify: true}))
		require.NoError(t, err)
		defer stranger.Close() //nolint:errcheck

		_, err = stranger.Version(t.Context())
		require.Error(t, err)
	})

	t.Run("TheConfigIsTheVeryText", func(t *testing.T) {
		row, err := safe.StateGetByID[*configresource.MachineConfig](t.Context(), c.COSI, configresource.ActiveID)
		require.NoError(t, err)

		text, err := row.Provider().Bytes()
		require.NoError(t, err)
		assert.Equal(t, cluster.text, string(text))

		kind, err := safe.StateGetByID[*configresource.MachineType](t.Context(), c.COSI, configresource.MachineTypeID)
		require.NoError(t, err)
		assert.Equal(t, configmachine.TypeControlPlane, kind.MachineType())
	})

	t.Run("AnotherApplyIsTaken", func(t *testing.T) {
		changed := strings.Replace(cluster.text, "machine:\n", "machine:\n    sysctls: {vm.swappiness: \"17\"}\n", 1)
		require.NotEqual(t, cluster.text, changed)

		reply, err := c.ApplyConfiguration(t.Context(), &machine.ApplyConfigurationRequest{
			Data: []byte(changed), Mode: machine.ApplyConfigurationRequest_NO_REBOOT,
		})
		require.NoError(t, err)
		assert.Contains(t, reply.Messages[0].ModeDetails, "without a reboot")

		require.Eventually(t, func() bool { return readFile(t, c, "/proc/sys/vm/swappiness") == "17" }, ownPatience, time.Second)

		_, err = c.ApplyConfiguration(t.Context(), &machine.ApplyConfigurationRequest{
			Data: []byte("machine: {nonsense: true}\n"), Mode: machine.ApplyConfigurationRequest_NO_REBOOT,
		})
		require.Equal(t, codes.InvalidArgument, status.Code(err))
		assert.ErrorContains(t, err, "nonsense")
	})

	t.Run("EveryMethodAnswers", func(t *testing.T) { everyMethodAnswers(t, c) })
	t.Run("TypedCallsAnswer", func(t *testing.T) { typedCallsAnswer(t, c) })
	t.Run("EveryRowIsTyped", func(t *testing.T) { everyRowIsTyped(t, c) })
	t.Run("ALiveChangeTouchesNothingElse", func(t *testing.T) { aLiveChangeTouchesNothingElse(t, c) })
	t.Run("StrangersAreTold", func(t *testing.T) { strangersAreTold(t, cluster) })
	t.Run("ConcurrentAppliesDoNotMix", func(t *testing.T) { concurrentAppliesDoNotMix(t, c) })
	t.Run("SizesAreLimited", func(t *testing.T) { sizesAreLimited(t, c) })

	t.Run("ItRebootsAndRuns", func(t *testing.T) {
		before := readFile(t, c, "/proc/sys/kernel/random/boot_id")
		text := activeText(t, c)
		require.NoError(t, c.Reboot(t.Context()))
		require.Error(t, apply(t, c, text+"# too late\n"), "a node that goes down takes no config")

		require.Eventually(t, func() bool {
			after := readFile(t, c, "/proc/sys/kernel/random/boot_id")
			row, err := safe.StateGetByID[*runtime.MachineStatus](t.Context(), c.COSI, runtime.MachineStatusID)

			return after != "" && after != before && err == nil && row.TypedSpec().Stage == runtime.MachineStageRunning
		}, ownPatience, time.Second)

		assert.Equal(t, text, activeText(t, c))
	})
}

// readFile is "" while the node cannot be asked.
func readFile(t *testing.T, c *client.Client, path string) string {
	t.Helper()

	reader, err := c.Read(t.Context(), path)
	if err != nil {
		return ""
	}
	defer reader.Close() //nolint:errcheck

	text, err := io.ReadAll(reader)
	if err != nil && !errors.Is(err, io.EOF) {
		return ""
	}

	return strings.TrimSpace(string(text))
}
