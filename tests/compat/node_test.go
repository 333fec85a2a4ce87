package compat

import (
	"crypto/tls"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/cosi-project/runtime/pkg/resource"
	"github.com/cosi-project/runtime/pkg/safe"
	"github.com/cosi-project/runtime/pkg/state"
	"github.com/siderolabs/talos/pkg/machinery/api/common"
	"github.com/siderolabs/talos/pkg/machinery/api/machine"
	"github.com/siderolabs/talos/pkg/machinery/client"
	"github.com/siderolabs/talos/pkg/machinery/constants"
	"github.com/siderolabs/talos/pkg/machinery/resources/block"
	"github.com/siderolabs/talos/pkg/machinery/resources/network"
	"github.com/siderolabs/talos/pkg/machinery/resources/runtime"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

// addressVariable names the environment variable that holds host:port of a node in maintenance mode.
const addressVariable = "ICHOR_NODE_ADDRESS"

func maintenanceClient(t *testing.T) *client.Client {
	t.Helper()

	address := os.Getenv(addressVariable)
	if address == "" {
		t.Skip(addressVariable + " is unset: ./ichor up --maintenance")
	}

	c, err := client.New(t.Context(), client.WithEndpoints(address),
		client.WithTLSConfig(&tls.Config{InsecureSkipVerify: true}))
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() }) //nolint:errcheck

	return c
}

func TestNodeSaysWhatItIs(t *testing.T) {
	c := maintenanceClient(t)

	version, err := c.Version(t.Context())
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(version.Messages[0].Version.Tag, "v1.14.0-ichor."))
	assert.Nil(t, version.Messages[0].Features)
	assert.Equal(t, "metal", version.Messages[0].Platform.Name)

	memory, err := c.Memory(t.Context())
	require.NoError(t, err)
	assert.Positive(t, memory.Messages[0].Meminfo.Memtotal)

	_, err = c.MachineClient.LoadAvg(t.Context(), &emptypb.Empty{})
	require.NoError(t, err)

	cpus, err := c.MachineClient.CPUInfo(t.Context(), &emptypb.Empty{})
	require.NoError(t, err)
	assert.NotEmpty(t, cpus.Messages[0].CpuInfo)

	stat, err := c.MachineClient.SystemStat(t.Context(), &emptypb.Empty{})
	require.NoError(t, err)
	assert.Positive(t, stat.Messages[0].BootTime)

	mounts, err := c.Mounts(t.Context())
	require.NoError(t, err)
	assert.NotEmpty(t, mounts.Messages[0].Stats)

	processes, err := c.Processes(t.Context())
	require.NoError(t, err)
	assert.NotEmpty(t, processes.Messages[0].Processes)
}

func TestNodeListsItsServices(t *testing.T) {
	c := maintenanceClient(t)

	require.EventuallyWithT(t, func(collect *assert.CollectT) {
		services, err := c.ServiceList(t.Context())
		require.NoError(collect, err)

		states := map[string]string{}

		for _, service := range services.Messages[0].Services {
			states[service.Id] = service.State
			assert.NotEmpty(collect, service.Events.Events, service.Id)
			assert.NotNil(collect, service.Health, service.Id)
		}

		for _, id := range []string{"apid", "machined", "networkd", "udevd"} {
			assert.Equal(collect, "Running", states[id], id)
		}
	}, time.Minute, time.Second)
}

func TestNodeStreamsItsLogs(t *testing.T) {
	c := maintenanceClient(t)

	dmesg, err := c.Dmesg(t.Context(), false, false)
	require.NoError(t, err)

	var text strings.Builder

	for {
		chunk, err := dmesg.Recv()
		if err == io.EOF {
			break
		}

		require.NoError(t, err)
		assert.True(t, strings.HasSuffix(string(chunk.Bytes), "\n"))
		text.Write(chunk.Bytes)
	}

	assert.Contains(t, text.String(), "Linux version")
	assert.Contains(t, text.String(), "Ichor ")

	logs, err := c.Logs(t.Context(), constants.SystemContainerdNamespace, common.ContainerDriver_CONTAINERD, "machined", false, -1)
	require.NoError(t, err)

	chunk, err := logs.Recv()
	require.NoError(t, err)
	assert.NotEmpty(t, chunk.Bytes)
}

func TestNodeStreamsItsEvents(t *testing.T) {
	c := maintenanceClient(t)

	stream, err := c.MachineClient.Events(t.Context(), &machine.EventsRequest{TailEvents: -1})
	require.NoError(t, err)

	for range 3 {
		event, err := stream.Recv()
		require.NoError(t, err)
		assert.Len(t, event.Id, 20)
	}
}

func TestNodeServesItsState(t *testing.T) {
	c := maintenanceClient(t)

	status, err := safe.StateGetByID[*runtime.MachineStatus](t.Context(), c.COSI, runtime.MachineStatusID)
	require.NoError(t, err)
	assert.Equal(t, runtime.MachineStageMaintenance, status.TypedSpec().Stage)

	_, err = safe.StateListAll[*block.Disk](t.Context(), c.COSI)
	require.NoError(t, err)

	links, err := safe.StateListAll[*network.LinkStatus](t.Context(), c.COSI)
	require.NoError(t, err)
	assert.Positive(t, links.Len())

	events := make(chan state.Event)
	require.NoError(t, c.COSI.WatchKind(t.Context(),
		resource.NewMetadata(network.NamespaceName, network.AddressStatusType, "", resource.VersionUndefined),
		events, state.WithBootstrapContents(true)))

	for event := range events {
		require.NoError(t, event.Error)

		if event.Type == state.Bootstrapped {
			break
		}
	}

	require.Error(t, c.COSI.Create(t.Context(), network.NewHostnameStatus(network.NamespaceName, "x")))

	_, err = c.COSI.List(t.Context(), resource.NewMetadata("secrets", "MaintenanceRootSecrets.secrets.talos.dev", "", resource.VersionUndefined))
	require.Error(t, err)
}

func TestNodeListsDisks(t *testing.T) {
	c := maintenanceClient(t)

	_, err := c.StorageClient.Disks(t.Context(), &emptypb.Empty{})
	require.NoError(t, err)
}

func TestNodeRefusesWhatAReaderMayNot(t *testing.T) {
	c := maintenanceClient(t)
	refused := func(err error) {
		t.Helper()
		assert.Equal(t, codes.PermissionDenied, status.Code(err), "%v", err)
	}

	_, err := c.MachineClient.Reboot(t.Context(), &machine.RebootRequest{})
	refused(err)

	_, err = c.MachineClient.Shutdown(t.Context(), &machine.ShutdownRequest{})
	refused(err)

	_, err = c.MachineClient.Reset(t.Context(), &machine.ResetRequest{})
	refused(err)

	_, err = c.MachineClient.MetaWrite(t.Context(), &machine.MetaWriteRequest{Key: 12, Value: []byte("x")})
	refused(err)

	stream, err := c.MachineClient.Read(t.Context(), &machine.ReadRequest{Path: "/etc/hosts"})
	require.NoError(t, err)

	_, err = stream.Recv()
	refused(err)
}
