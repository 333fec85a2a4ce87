package compat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/cosi-project/runtime/api/v1alpha1"
	"github.com/siderolabs/talos/pkg/machinery/api/cluster"
	"github.com/siderolabs/talos/pkg/machinery/api/inspect"
	"github.com/siderolabs/talos/pkg/machinery/api/machine"
	"github.com/siderolabs/talos/pkg/machinery/api/storage"
	timeapi "github.com/siderolabs/talos/pkg/machinery/api/time"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// What a method that a reader may call does with an empty request on a node without a config: it answers (OK), or it
// fails for a reason of its own.
var readersMethods = map[string]codes.Code{
	"/cluster.ClusterService/HealthCheck":                   codes.Unimplemented,
	"/cosi.resource.State/Get":                              codes.PermissionDenied, // no type
	"/cosi.resource.State/List":                             codes.PermissionDenied,
	"/cosi.resource.State/Watch":                            codes.PermissionDenied,
	"/inspect.InspectService/ControllerRuntimeDependencies": codes.OK,
	"/machine.MachineService/ApplyConfiguration":            codes.InvalidArgument, // no config
	"/machine.MachineService/CPUFreqStats":                  codes.OK,
	"/machine.MachineService/CPUInfo":                       codes.OK,
	"/machine.MachineService/Containers":                    codes.OK,
	"/machine.MachineService/DiskStats":                     codes.OK,
	"/machine.MachineService/DiskUsage":                     codes.OK,
	"/machine.MachineService/Dmesg":                         codes.OK,
	"/machine.MachineService/EtcdAlarmList":                 codes.Unimplemented,
	"/machine.MachineService/EtcdMemberList":                codes.Unimplemented,
	"/machine.MachineService/EtcdStatus":                    codes.Unimplemented,
	"/machine.MachineService/Events":                        codes.OK,
	"/machine.MachineService/Hostname":                      codes.OK,
	"/machine.MachineService/ImageList":                     codes.InvalidArgument, // no namespace
	"/machine.MachineService/List":                          codes.OK,
	"/machine.MachineService/LoadAvg":                       codes.OK,
	"/machine.MachineService/Logs":                          codes.NotFound, // no id
	"/machine.MachineService/LogsContainers":                codes.OK,
	"/machine.MachineService/Memory":                        codes.OK,
	"/machine.MachineService/Mounts":                        codes.OK,
	"/machine.MachineService/Netstat":                       codes.OK,
	"/machine.MachineService/NetworkDeviceStats":            codes.OK,
	"/machine.MachineService/Processes":                     codes.OK,
	"/machine.MachineService/ServiceList":                   codes.OK,
	"/machine.MachineService/Stats":                         codes.OK,
	"/machine.MachineService/SystemStat":                    codes.OK,
	"/machine.MachineService/Version":                       codes.OK,
	"/storage.StorageService/BlockDeviceWipe":               codes.OK, // of no device
	"/storage.StorageService/Disks":                         codes.OK,
	"/time.TimeService/Time":                                codes.Unavailable, // no time server was asked
	"/time.TimeService/TimeCheck":                           codes.Unimplemented,
}

// first calls a method with an empty request, and returns its status after the first reply at the latest.
func first(ctx context.Context, connection *grpc.ClientConn, method protoreflect.MethodDescriptor) *status.Status {
	path := fmt.Sprintf("/%s/%s", method.Parent().FullName(), method.Name())

	stream, err := connection.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}, path)
	if err == nil {
		if err = stream.SendMsg(dynamicpb.NewMessage(method.Input())); err == nil || errors.Is(err, io.EOF) {
			_ = stream.CloseSend() //nolint:errcheck
			err = stream.RecvMsg(dynamicpb.NewMessage(method.Output()))
		}
	}

	if errors.Is(err, io.EOF) {
		err = nil
	}

	return status.Convert(err)
}

func TestNodeAnswersExactlyWhatAReaderMayCall(t *testing.T) {
	c := maintenanceClient(t)
	seen := 0

	for _, file := range []protoreflect.FileDescriptor{
		machine.File_machine_machine_proto, storage.File_storage_storage_proto, timeapi.File_time_time_proto,
		cluster.File_cluster_cluster_proto, inspect.File_inspect_inspect_proto, v1alpha1.File_v1alpha1_state_proto,
	} {
		for i := range file.Services().Len() {
			methods := file.Services().Get(i).Methods()

			for j := range methods.Len() {
				path := fmt.Sprintf("/%s/%s", methods.Get(j).Parent().FullName(), methods.Get(j).Name())
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				got := first(ctx, c.Conn(), methods.Get(j))

				cancel()

				want, allowed := readersMethods[path]
				if !allowed {
					assert.Equal(t, codes.PermissionDenied, got.Code(), "%s: %s", path, got.Message())
					assert.Equal(t, "not authorized", got.Message(), path)

					continue
				}

				seen++

				assert.Equal(t, want, got.Code(), "%s: %s", path, got.Message())
				assert.NotEqual(t, "not authorized", got.Message(), path)
			}
		}
	}

	require.Equal(t, len(readersMethods), seen)
}
