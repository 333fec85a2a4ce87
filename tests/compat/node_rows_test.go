package compat

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cosi-project/runtime/pkg/resource"
	"github.com/cosi-project/runtime/pkg/resource/meta"
	"github.com/cosi-project/runtime/pkg/safe"
	"github.com/siderolabs/talos/pkg/machinery/client"
	"github.com/siderolabs/talos/pkg/machinery/resources/block"
	"github.com/siderolabs/talos/pkg/machinery/resources/hardware"
	"github.com/siderolabs/talos/pkg/machinery/resources/network"
	"github.com/siderolabs/talos/pkg/machinery/resources/runtime"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/emptypb"
)

// eventually runs check until it finds nothing wrong: a node answers before all its devices are settled.
func eventually(t *testing.T, check func(*assert.CollectT)) {
	t.Helper()
	require.EventuallyWithT(t, check, 3*time.Minute, 2*time.Second)
}

// What `get TYPE` shows on a node in maintenance mode.
func TestNodeHasRowsOfWhatItIs(t *testing.T) {
	c := maintenanceClient(t)

	definitions, err := safe.StateListAll[*meta.ResourceDefinition](t.Context(), c.COSI)
	require.NoError(t, err)

	namespaces := map[string]string{}
	for definition := range definitions.All() {
		namespaces[definition.TypedSpec().Type] = definition.TypedSpec().DefaultNamespace
	}

	for _, typ := range []string{
		network.AddressStatusType, network.HardwareAddrType, network.HostnameStatusType, network.LinkStatusType,
		network.NodeAddressSortAlgorithmType, network.NodeAddressType, network.ResolverStatusType, network.RouteStatusType,
		network.StatusType, network.TimeServerStatusType, "TimeStatuses.v1alpha1.talos.dev",
		block.DeviceType, block.DiscoveredVolumeType, block.DiskType, block.SymlinkType, block.SystemDiskType,
		hardware.CPUCoreType, hardware.MemoryModuleType, hardware.PCIDeviceType, hardware.ProcessorType,
		hardware.SystemInformationType,
		runtime.BootIDType, runtime.DevicesStatusType, runtime.KernelCmdlineType, runtime.KernelModuleStatusType,
		runtime.KernelParamStatusType, runtime.LoadedKernelModuleType, runtime.MachineStatusType, runtime.MetaLoadedType,
		runtime.PlatformMetadataType, runtime.SecurityStateType, runtime.VersionType, "Services.v1alpha1.talos.dev",
	} {
		eventually(t, func(collect *assert.CollectT) {
			list, err := c.COSI.List(t.Context(), resource.NewMetadata(namespaces[typ], typ, "", resource.VersionUndefined))
			require.NoError(collect, err, typ)
			assert.NotEmpty(collect, list.Items, typ)
		})
	}
}

func TestNodeNamesItsLinksAndIsReached(t *testing.T) {
	c := maintenanceClient(t)

	eventually(t, func(collect *assert.CollectT) {
		links, err := safe.StateListAll[*network.LinkStatus](t.Context(), c.COSI)
		require.NoError(collect, err)

		for link := range links.All() {
			if link.TypedSpec().Physical() {
				assert.False(collect, strings.HasPrefix(link.Metadata().ID(), "eth"), link.Metadata().ID())
				assert.True(collect, link.TypedSpec().LinkState)
				assert.NotEmpty(collect, link.TypedSpec().HardwareAddr)
				assert.NotEmpty(collect, link.TypedSpec().BusPath)
			}
		}

		status, err := safe.StateGetByID[*network.Status](t.Context(), c.COSI, network.StatusID)
		require.NoError(collect, err)
		assert.Equal(collect, network.StatusSpec{
			AddressReady: true, ConnectivityReady: true, HostnameReady: true, EtcFilesReady: true,
		}, *status.TypedSpec())
	})

	// A link that is renamed keeps its address.
	lines := consoleLines(t, c, "addresses: ")
	first := slices.IndexFunc(lines, func(line string) bool { return !strings.HasSuffix(line, "none") })
	require.GreaterOrEqual(t, first, 0)
	assert.False(t, slices.ContainsFunc(lines[first:], func(line string) bool { return strings.HasSuffix(line, "none") }), lines)

	for _, line := range consoleLines(t, c, "machined: warning: networkd: ") {
		if !strings.Contains(line, "time server ") { // the tests' network reaches none
			assert.Empty(t, line, "networkd has nothing to complain about")
		}
	}
}

// consoleLines are the lines of the kernel's log that contain text, without their ends.
func consoleLines(t *testing.T, c *client.Client, text string) []string {
	t.Helper()

	stream, err := c.Dmesg(t.Context(), false, false)
	require.NoError(t, err)

	var lines []string

	for {
		chunk, err := stream.Recv()
		if err != nil {
			return lines
		}

		if line := strings.TrimSpace(string(chunk.Bytes)); strings.Contains(line, text) {
			lines = append(lines, line)
		}
	}
}

// Nothing that a person could not install on is among the disks: not what the root is made of.
func TestNodeListsTheDisksThatItHas(t *testing.T) {
	c := maintenanceClient(t)

	eventually(t, func(collect *assert.CollectT) {
		system, err := safe.StateGetByID[*block.SystemDisk](t.Context(), c.COSI, block.SystemDiskID)
		require.NoError(collect, err)

		disks, err := safe.StateListAll[*block.Disk](t.Context(), c.COSI)
		require.NoError(collect, err)

		for disk := range disks.All() {
			assert.NotEmpty(collect, disk.TypedSpec().Transport, disk.Metadata().ID())
			assert.NotZero(collect, disk.TypedSpec().Size, disk.Metadata().ID())
			assert.Empty(collect, disk.TypedSpec().SecondaryDisks, disk.Metadata().ID())
		}

		listed, err := c.StorageClient.Disks(t.Context(), &emptypb.Empty{})
		require.NoError(collect, err)
		require.Len(collect, listed.Messages[0].Disks, disks.Len())

		for _, disk := range listed.Messages[0].Disks {
			assert.Equal(collect, disk.DeviceName == system.TypedSpec().DevPath, disk.SystemDisk)
		}

		volumes, err := safe.StateListAll[*block.DiscoveredVolume](t.Context(), c.COSI)
		require.NoError(collect, err)

		labels := map[string]bool{}
		for volume := range volumes.All() {
			labels[volume.TypedSpec().PartitionLabel] = true
		}

		for _, label := range []string{"EFI", "ROOT-A", "META"} {
			assert.True(collect, labels[label], label)
		}

		symlinks, err := safe.StateListAll[*block.Symlink](t.Context(), c.COSI)
		require.NoError(collect, err)

		for symlink := range symlinks.All() {
			assert.NotContains(collect, symlink.Metadata().ID(), "disk!by-")
		}
	})
}

func TestNodeNamesItsPCIDevices(t *testing.T) {
	c := maintenanceClient(t)

	eventually(t, func(collect *assert.CollectT) {
		devices, err := safe.StateListAll[*hardware.PCIDevice](t.Context(), c.COSI)
		require.NoError(collect, err)
		require.Positive(collect, devices.Len())

		named := 0

		for device := range devices.All() {
			spec := device.TypedSpec()
			assert.True(collect, strings.HasPrefix(spec.VendorID, "0x"), device.Metadata().ID())

			// The database does not know every vendor: the emulator's display is of none.
			if !strings.Contains(spec.Class+spec.Vendor, "0x") {
				named++
			}
		}

		assert.Positive(collect, named)
	})
}

func TestNodeShowsItsKernelParameters(t *testing.T) {
	c := maintenanceClient(t)

	eventually(t, func(collect *assert.CollectT) {
		panicking, err := safe.StateGetByID[*runtime.KernelParamStatus](t.Context(), c.COSI, "proc.sys.kernel.panic")
		require.NoError(collect, err)
		assert.Equal(collect, "10", panicking.TypedSpec().Current)

		forwarding, err := safe.StateGetByID[*runtime.KernelParamStatus](t.Context(), c.COSI, "proc.sys.net.ipv4.ip_forward")
		require.NoError(collect, err)
		assert.Equal(collect, "1", forwarding.TypedSpec().Current)
	})
}
