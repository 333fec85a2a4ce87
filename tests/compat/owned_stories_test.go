package compat

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cosi-project/runtime/pkg/resource"
	"github.com/cosi-project/runtime/pkg/safe"
	"github.com/cosi-project/runtime/pkg/state"
	"github.com/siderolabs/crypto/x509"
	"github.com/siderolabs/talos/pkg/machinery/api/machine"
	"github.com/siderolabs/talos/pkg/machinery/client"
	clientconfig "github.com/siderolabs/talos/pkg/machinery/client/config"
	"github.com/siderolabs/talos/pkg/machinery/config/configpatcher"
	"github.com/siderolabs/talos/pkg/machinery/config/generate/secrets"
	configresource "github.com/siderolabs/talos/pkg/machinery/resources/config"
	"github.com/siderolabs/talos/pkg/machinery/resources/network"
	"github.com/siderolabs/talos/pkg/machinery/resources/runtime"
	"github.com/siderolabs/talos/pkg/machinery/role"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// activeText is the config that is in force, as it was given.
func activeText(t *testing.T, c *client.Client) string {
	t.Helper()

	row, err := safe.StateGetByID[*configresource.MachineConfig](t.Context(), c.COSI, configresource.ActiveID)
	require.NoError(t, err)

	text, err := row.Provider().Bytes()
	require.NoError(t, err)

	return string(text)
}

// patched is what `patch machineconfig` sends.
func patched(t *testing.T, text, patch string) string {
	t.Helper()

	loaded, err := configpatcher.LoadPatch([]byte(patch))
	require.NoError(t, err)

	result, err := configpatcher.Apply(configpatcher.WithBytes([]byte(text)), []configpatcher.Patch{loaded})
	require.NoError(t, err)

	changed, err := result.Bytes()
	require.NoError(t, err)

	return string(changed)
}

func apply(t *testing.T, c *client.Client, text string) error {
	t.Helper()

	_, err := c.ApplyConfiguration(t.Context(), &machine.ApplyConfigurationRequest{
		Data: []byte(text), Mode: machine.ApplyConfigurationRequest_NO_REBOOT,
	})

	return err
}

// physicalLink is the name of the first network card.
func physicalLink(t *testing.T, c *client.Client) string {
	t.Helper()

	links, err := safe.StateListAll[*network.LinkStatus](t.Context(), c.COSI)
	require.NoError(t, err)

	for link := range links.All() {
		if link.TypedSpec().Physical() {
			return link.Metadata().ID()
		}
	}

	require.Fail(t, "the node has no network card")

	return ""
}

// daemons are the ids of our processes by name.
func daemons(t *testing.T, c *client.Client) map[string]int32 {
	t.Helper()

	reply, err := c.Processes(t.Context())
	require.NoError(t, err)

	ids := map[string]int32{}

	for _, process := range reply.Messages[0].Processes {
		switch process.Command {
		case "machined", "networkd", "apid", "trustd", "systemd-udevd", "dashboard":
			ids[process.Command] = process.Pid
		}
	}

	require.Contains(t, ids, "networkd")

	return ids
}

// A sysctl, a route and the hostname change in the running system: no process is another one, and no connection breaks.
func aLiveChangeTouchesNothingElse(t *testing.T, c *client.Client) {
	before := daemons(t, c)
	events := make(chan state.Event)

	require.NoError(t, c.COSI.Watch(t.Context(), resource.NewMetadata(
		network.NamespaceName, network.HostnameStatusType, network.HostnameID, resource.VersionUndefined), events))

	link := physicalLink(t, c)

	require.NoError(t, apply(t, c, patched(t, activeText(t, c), fmt.Sprintf(`machine:
  sysctls: {vm.swappiness: "23"}
---
apiVersion: v1alpha1
kind: HostnameConfig
auto: off
hostname: renamed
---
apiVersion: v1alpha1
kind: DHCPv4Config
name: %[1]s
---
apiVersion: v1alpha1
kind: LinkConfig
name: %[1]s
routes: [{destination: 198.51.100.0/24, gateway: 10.0.2.2}]
`, link))))

	timeout := time.After(ownPatience)

	for renamed := false; !renamed; {
		select {
		case event := <-events:
			require.NotEqual(t, state.Errored, event.Type, "the connection broke: %v", event.Error)

			name, ok := event.Resource.(*network.HostnameStatus)
			renamed = ok && name.TypedSpec().Hostname == "renamed"
		case <-timeout:
			require.Fail(t, "the node was not renamed")
		}
	}

	require.Eventually(t, func() bool {
		routes, err := safe.StateListAll[*network.RouteStatus](t.Context(), c.COSI)
		if err != nil {
			return false
		}

		for route := range routes.All() {
			if route.TypedSpec().Destination.String() == "198.51.100.0/24" {
				return readFile(t, c, "/proc/sys/vm/swappiness") == "23"
			}
		}

		return false
	}, ownPatience, time.Second)

	assert.Equal(t, before, daemons(t, c))

	row, err := safe.StateGetByID[*runtime.MachineStatus](t.Context(), c.COSI, runtime.MachineStatusID)
	require.NoError(t, err)
	assert.Equal(t, runtime.MachineStageRunning, row.TypedSpec().Stage)
}

// as is a client with a certificate of the cluster's CA.
func (o owned) as(t *testing.T, roles role.Set, begin time.Time, ttl time.Duration) *client.Client {
	t.Helper()

	ca := &x509.PEMEncodedCertificateAndKey{Crt: o.secrets.Certs.OS.Crt, Key: o.secrets.Certs.OS.Key}

	pair, err := secrets.NewAdminCertificateAndKey(begin, ca, roles, ttl)
	require.NoError(t, err)

	return o.clientWith(t, clientconfig.NewConfig("other", []string{os.Getenv(addressVariable)}, ca.Crt, pair))
}

func strangersAreTold(t *testing.T, cluster owned) {
	now := time.Now()

	_, err := cluster.as(t, role.MakeSet(role.Admin), now.Add(-2*time.Hour), time.Hour).Version(t.Context())
	assert.ErrorContains(t, err, "expired")

	_, err = newOwned(t).client(t).Version(t.Context())
	assert.ErrorContains(t, err, "unknown authority")

	reader := cluster.as(t, role.MakeSet(role.Reader), now.Add(-time.Hour), 2*time.Hour) // an emulated clock may lag
	_, err = reader.Version(t.Context())
	require.NoError(t, err)
	assert.Equal(t, codes.PermissionDenied, status.Code(reader.Reboot(t.Context())))
}

// Of several at once each is taken whole or refused, and the node ends with one that was taken.
func concurrentAppliesDoNotMix(t *testing.T, c *client.Client) {
	text := activeText(t, c)

	var (
		group  sync.WaitGroup
		mutex  sync.Mutex
		taken  []string
		failed []error
	)

	for i := range 3 {
		changed := patched(t, text, fmt.Sprintf("machine: {sysctls: {vm.swappiness: \"%d\"}}\n", 30+i))

		group.Go(func() {
			_, err := c.ApplyConfiguration(t.Context(), &machine.ApplyConfigurationRequest{
				Data: []byte(changed), Mode: machine.ApplyConfigurationRequest_NO_REBOOT,
			})

			mutex.Lock()
			defer mutex.Unlock()

			if err == nil {
				taken = append(taken, changed)
			} else {
				failed = append(failed, err)
			}
		})
	}

	group.Wait()
	require.NotEmpty(t, taken)
	assert.Contains(t, taken, activeText(t, c))

	for _, err := range failed {
		assert.Equal(t, codes.FailedPrecondition, status.Code(err), err)
	}
}

func sizesAreLimited(t *testing.T, c *client.Client) {
	text := activeText(t, c)
	comment := func(bytes int) string { return "# " + strings.Repeat("x", bytes) + "\n" }

	require.NoError(t, apply(t, c, text+comment(2<<20)))
	assert.Len(t, activeText(t, c), len(text)+len(comment(2<<20)))

	err := apply(t, c, text+comment(4<<20))
	require.Error(t, err)
	assert.Contains(t, err.Error(), "4194304") // the limit in bytes

	require.NoError(t, apply(t, c, text))
}
