package compat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cosi-project/runtime/api/v1alpha1"
	"github.com/cosi-project/runtime/pkg/resource/meta"
	"github.com/cosi-project/runtime/pkg/resource/protobuf"
	"github.com/cosi-project/runtime/pkg/safe"
	"github.com/siderolabs/talos/pkg/machinery/api/cluster"
	"github.com/siderolabs/talos/pkg/machinery/api/common"
	"github.com/siderolabs/talos/pkg/machinery/api/inspect"
	"github.com/siderolabs/talos/pkg/machinery/api/machine"
	"github.com/siderolabs/talos/pkg/machinery/api/storage"
	timeapi "github.com/siderolabs/talos/pkg/machinery/api/time"
	"github.com/siderolabs/talos/pkg/machinery/client"
	"github.com/siderolabs/talos/pkg/machinery/constants"
	"github.com/siderolabs/talos/pkg/machinery/resources/block"
	clusterresource "github.com/siderolabs/talos/pkg/machinery/resources/cluster"
	configresource "github.com/siderolabs/talos/pkg/machinery/resources/config"
	"github.com/siderolabs/talos/pkg/machinery/resources/network"
	"github.com/siderolabs/talos/pkg/machinery/resources/runtime"
	"github.com/siderolabs/talos/pkg/machinery/resources/secrets"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/emptypb"
)

// What a method that changes nothing does with an empty request of an administrator on a node with a config.
var adminsReads = map[string]codes.Code{
	"/cosi.resource.State/Get":                              codes.PermissionDenied, // no type
	"/cosi.resource.State/List":                             codes.PermissionDenied,
	"/cosi.resource.State/Watch":                            codes.PermissionDenied,
	"/inspect.InspectService/ControllerRuntimeDependencies": codes.OK,
	"/machine.ImageService/Import":                          codes.InvalidArgument, // no namespace
	"/machine.ImageService/List":                            codes.InvalidArgument,
	"/machine.ImageService/Pull":                            codes.InvalidArgument,
	"/machine.ImageService/Remove":                          codes.InvalidArgument,
	"/machine.MachineService/CPUFreqStats":                  codes.OK,
	"/machine.MachineService/CPUInfo":                       codes.OK,
	"/machine.MachineService/Containers":                    codes.OK,
	"/machine.MachineService/Copy":                          codes.OK, // of everything
	"/machine.MachineService/DiskStats":                     codes.OK,
	"/machine.MachineService/DiskUsage":                     codes.OK,
	"/machine.MachineService/Dmesg":                         codes.OK,
	"/machine.MachineService/EtcdAlarmDisarm":               codes.Unavailable,     // etcd waits for bootstrap
	"/machine.MachineService/EtcdAlarmList":                 codes.Unavailable,     // etcd waits for bootstrap
	"/machine.MachineService/EtcdDefragment":                codes.Unavailable,     // etcd waits for bootstrap
	"/machine.MachineService/EtcdDowngradeCancel":           codes.Unavailable,     // etcd waits for bootstrap
	"/machine.MachineService/EtcdDowngradeEnable":           codes.Unavailable,     // etcd waits for bootstrap
	"/machine.MachineService/EtcdDowngradeValidate":         codes.Unavailable,     // etcd waits for bootstrap
	"/machine.MachineService/EtcdForfeitLeadership":         codes.Unavailable,     // etcd waits for bootstrap
	"/machine.MachineService/EtcdLeaveCluster":              codes.Unavailable,     // etcd waits for bootstrap
	"/machine.MachineService/EtcdMemberList":                codes.Unavailable,     // etcd waits for bootstrap
	"/machine.MachineService/EtcdRecover":                   codes.InvalidArgument, // an empty snapshot
	"/machine.MachineService/EtcdRemoveMemberByID":          codes.Unavailable,
	"/machine.MachineService/EtcdSnapshot":                  codes.Unavailable,
	"/machine.MachineService/EtcdStatus":                    codes.Unavailable,
	"/machine.MachineService/Events":                        codes.OK,
	"/machine.MachineService/GenerateClientConfiguration":   codes.InvalidArgument, // no roles
	"/machine.MachineService/Hostname":                      codes.OK,
	"/machine.MachineService/ImageList":                     codes.InvalidArgument, // no namespace
	"/machine.MachineService/ImagePull":                     codes.InvalidArgument,
	"/machine.MachineService/Restart":                       codes.NotFound, // no id
	"/machine.MachineService/Kubeconfig":                    codes.OK,
	"/machine.MachineService/List":                          codes.OK,
	"/machine.MachineService/LoadAvg":                       codes.OK,
	"/machine.MachineService/Logs":                          codes.NotFound, // no id
	"/machine.MachineService/LogsContainers":                codes.OK,
	"/machine.MachineService/Memory":                        codes.OK,
	"/machine.MachineService/Mounts":                        codes.OK,
	"/machine.MachineService/Netstat":                       codes.OK,
	"/machine.MachineService/NetworkDeviceStats":            codes.OK,
	"/machine.MachineService/PacketCapture":                 codes.NotFound, // no interface
	"/machine.MachineService/Processes":                     codes.OK,
	"/machine.MachineService/Read":                          codes.InvalidArgument, // no path
	"/machine.MachineService/ServiceList":                   codes.OK,
	"/machine.MachineService/Stats":                         codes.OK,
	"/machine.MachineService/SystemStat":                    codes.OK,
	"/machine.MachineService/Version":                       codes.OK,
	"/storage.StorageService/Disks":                         codes.OK,
	"/time.TimeService/Time":                                codes.Unavailable,   // the tests' network reaches no server
	"/time.TimeService/TimeCheck":                           codes.Unimplemented, // of another server than the node's own
}

// What changes something: an empty request would. Other tests call these.
var adminsWrites = []string{
	"/cosi.resource.State/Create", "/cosi.resource.State/Destroy", "/cosi.resource.State/Teardown",
	"/cosi.resource.State/TeardownAndDestroy", "/cosi.resource.State/Update",
	"/machine.MachineService/ApplyConfiguration", "/machine.MachineService/Bootstrap", "/machine.MachineService/MetaDelete", "/machine.MachineService/MetaWrite",
	"/machine.MachineService/Reboot", "/machine.MachineService/Reset", "/machine.MachineService/ServiceRestart",
	"/machine.MachineService/ServiceStart", "/machine.MachineService/ServiceStop", "/machine.MachineService/Shutdown",
	"/storage.StorageService/BlockDeviceWipe",
}

// allMethods are those of every service that a node has, by path.
func allMethods() map[string]protoreflect.MethodDescriptor {
	all := map[string]protoreflect.MethodDescriptor{}

	for _, file := range []protoreflect.FileDescriptor{
		machine.File_machine_machine_proto, machine.File_machine_image_proto, machine.File_machine_lifecycle_proto,
		machine.File_machine_debug_proto, machine.File_machine_lvm_proto, storage.File_storage_storage_proto,
		timeapi.File_time_time_proto, cluster.File_cluster_cluster_proto, inspect.File_inspect_inspect_proto,
		v1alpha1.File_v1alpha1_state_proto,
	} {
		for i := range file.Services().Len() {
			methods := file.Services().Get(i).Methods()

			for j := range methods.Len() {
				all[fmt.Sprintf("/%s/%s", methods.Get(j).Parent().FullName(), methods.Get(j).Name())] = methods.Get(j)
			}
		}
	}

	return all
}

// Every method that only looks answers; what a later version brings says so in a sentence.
func everyMethodAnswers(t *testing.T, c *client.Client) {
	methods := allMethods()

	for _, path := range slices.Sorted(maps.Keys(methods)) {
		if slices.Contains(adminsWrites, path) {
			continue
		}

		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		got := first(ctx, c.Conn(), methods[path])

		cancel()

		if want, known := adminsReads[path]; known {
			assert.Equal(t, want, got.Code(), "%s: %s", path, got.Message())
		} else {
			assert.Equal(t, codes.Unimplemented, got.Code(), "%s: %s", path, got.Message())
			assert.Regexp(t, `not there yet in this version|only available on control plane nodes|does not look at a cluster`, got.Message(), path)
		}
	}

	for path := range adminsReads {
		assert.Contains(t, methods, path)
	}
}

// What the typed calls of the official client say of a node with a config.
func typedCallsAnswer(t *testing.T, c *client.Client) {
	ctx := t.Context()

	version, err := c.Version(ctx)
	require.NoError(t, err)
	assert.True(t, version.Messages[0].Features.GetRbac())

	hostname, err := c.MachineClient.Hostname(ctx, &emptypb.Empty{})
	require.NoError(t, err)

	name, err := safe.StateGetByID[*network.HostnameStatus](ctx, c.COSI, network.HostnameID)
	require.NoError(t, err)
	assert.Equal(t, name.TypedSpec().Hostname, hostname.Messages[0].Hostname)

	mounts, err := c.Mounts(ctx)
	require.NoError(t, err)

	sizes := map[string]uint64{}
	for _, mount := range mounts.Messages[0].Stats {
		sizes[mount.MountedOn] = mount.Size
	}

	assert.Positive(t, sizes["/var"])
	assert.Positive(t, sizes["/system/state"])

	disks, err := c.Disks(ctx)
	require.NoError(t, err)
	assert.True(t, slices.ContainsFunc(disks.Messages[0].Disks, func(disk *storage.Disk) bool {
		return disk.SystemDisk && disk.DeviceName == "/dev/vda"
	}))

	sockets, err := c.Netstat(ctx, &machine.NetstatRequest{
		Filter: machine.NetstatRequest_LISTENING, Feature: &machine.NetstatRequest_Feature{Pid: true},
		L4Proto: &machine.NetstatRequest_L4Proto{Tcp: true, Tcp6: true},
	})
	require.NoError(t, err)
	assert.True(t, slices.ContainsFunc(sockets.Messages[0].Connectrecord, func(record *machine.ConnectRecord) bool {
		return record.Localport == constants.ApidPort && record.Process.GetName() == "apid"
	}))

	services, err := c.ServiceInfo(ctx, "machined")
	require.NoError(t, err)
	assert.Equal(t, "Running", services[0].Service.State)

	containers, err := c.Containers(ctx, constants.SystemContainerdNamespace, common.ContainerDriver_CONTAINERD)
	require.NoError(t, err)
	assert.Empty(t, containers.Messages[0].Containers)

	assert.Equal(t, "Ichor", osName(t, c))
	namesInStream(t, c)
	newClientIsMade(t, c)
}

// osName is what os-release says.
func osName(t *testing.T, c *client.Client) string {
	t.Helper()

	for line := range strings.Lines(readFile(t, c, "/etc/os-release")) {
		if name, ok := strings.CutPrefix(line, "NAME="); ok {
			return strings.Trim(name, "\"\n")
		}
	}

	return ""
}

// List, DiskUsage and Copy of the same directory agree.
func namesInStream(t *testing.T, c *client.Client) {
	t.Helper()

	list, err := c.LS(t.Context(), &machine.ListRequest{Root: "/etc", Recurse: false})
	require.NoError(t, err)

	var names []string

	for {
		file, err := list.Recv()
		if errors.Is(err, io.EOF) {
			break
		}

		require.NoError(t, err)
		assert.Empty(t, file.Error, file.Name)
		names = append(names, file.RelativeName)
	}

	assert.Subset(t, names, []string{".", "hosts", "os-release", "resolv.conf"})

	usage, err := c.DiskUsage(t.Context(), &machine.DiskUsageRequest{Paths: []string{"/etc"}, All: true, RecursionDepth: 1})
	require.NoError(t, err)

	entry, err := usage.Recv()
	require.NoError(t, err)
	assert.Empty(t, entry.Error)

	archive, err := c.Copy(t.Context(), "/system/etc")
	require.NoError(t, err)

	bytes, err := io.ReadAll(archive)
	require.NoError(t, err)
	assert.Equal(t, []byte{0x1f, 0x8b}, bytes[:2]) // gzip
	require.NoError(t, archive.Close())
}

// A certificate that the node makes comes with a file for who gets it.
func newClientIsMade(t *testing.T, c *client.Client) {
	t.Helper()

	reply, err := c.GenerateClientConfiguration(t.Context(), &machine.GenerateClientConfigurationRequest{
		Roles: []string{"os:reader"}, CrtTtl: durationpb.New(time.Hour),
	})
	require.NoError(t, err)
	assert.NotEmpty(t, reply.Messages[0].Crt)
	assert.Contains(t, string(reply.Messages[0].Talosconfig), "contexts:")
}

// Every row that a node with a config has is decoded by the official library, and the library's YAML is the node's.
func everyRowIsTyped(t *testing.T, c *client.Client) {
	definitions, err := safe.StateListAll[*meta.ResourceDefinition](t.Context(), c.COSI)
	require.NoError(t, err)

	seen := map[string]int{}

	for definition := range definitions.All() {
		spec := definition.TypedSpec()

		for _, row := range rowsOf(t, c, spec.DefaultNamespace, spec.Type) {
			seen[spec.Type]++

			if _, err := protobuf.CreateResource(spec.Type); err != nil {
				continue // the library does not know it
			}

			sameInYAML(t, row)
		}
	}

	for _, typ := range []string{
		block.DeviceType, block.DiscoveredVolumeType, block.DiskType, block.MountStatusType, block.SystemDiskType,
		block.VolumeConfigType, block.VolumeStatusType, clusterresource.IdentityType, configresource.MachineConfigType,
		configresource.MachineTypeType, network.AddressStatusType, network.HostnameStatusType, network.LinkSpecType,
		network.LinkStatusType, network.NodeAddressType, network.ResolverStatusType, network.RouteStatusType,
		network.StatusType, network.TimeServerStatusType, runtime.BootIDType, runtime.KernelCmdlineType,
		runtime.KernelModuleStatusType, runtime.KernelParamStatusType, runtime.MachineStatusType, runtime.MetaLoadedType,
		runtime.PlatformMetadataType, runtime.SecurityStateType, runtime.VersionType, secrets.APIType,
		secrets.OSRootType,
	} {
		assert.NotZero(t, seen[typ], typ)
	}
}

// rowsOf are all rows of a type as they come over the wire.
func rowsOf(t *testing.T, c *client.Client, namespace, typ string) []*v1alpha1.Resource {
	t.Helper()

	stream, err := v1alpha1.NewStateClient(c.Conn()).List(t.Context(), &v1alpha1.ListRequest{Namespace: namespace, Type: typ})
	require.NoError(t, err)

	var rows []*v1alpha1.Resource

	for {
		reply, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return rows
		}

		require.NoError(t, err, typ)
		rows = append(rows, reply.Resource)
	}
}

func sameInYAML(t *testing.T, row *v1alpha1.Resource) {
	t.Helper()

	id := row.Metadata.Type + " " + row.Metadata.Id
	opaque, err := protobuf.Unmarshal(row)
	require.NoError(t, err, id)

	typed, err := protobuf.UnmarshalResource(opaque)
	require.NoError(t, err, id)

	text, err := yaml.Marshal(typed.Spec())
	require.NoError(t, err, id)

	var want, got any

	require.NoError(t, yaml.Unmarshal(text, &want), id)
	require.NoError(t, yaml.Unmarshal([]byte(row.Spec.YamlSpec), &got), id)
	assert.Equal(t, want, got, id)
}
