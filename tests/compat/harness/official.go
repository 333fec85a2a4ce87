package harness

import (
	"fmt"
	"net"
	"os"

	"github.com/cosi-project/runtime/api/v1alpha1"
	"github.com/cosi-project/runtime/pkg/resource"
	"github.com/cosi-project/runtime/pkg/state"
	"github.com/cosi-project/runtime/pkg/state/impl/inmem"
	"github.com/cosi-project/runtime/pkg/state/impl/namespaced"
	"github.com/cosi-project/runtime/pkg/state/protobuf/server"
	"google.golang.org/grpc"
)

const serveFlag = "--serve"

// ServeIfAsked serves the official state and never returns if the program was started with
// "--serve SOCKET" as its first arguments; otherwise it does nothing.
func ServeIfAsked() {
	if len(os.Args) != 3 || os.Args[1] != serveFlag {
		return
	}

	fmt.Fprintln(os.Stderr, serveOfficial(os.Args[2]))
	os.Exit(1)
}

// serveOfficial blocks, and returns only if it cannot serve.
func serveOfficial(socket string) error {
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}

	grpcServer := grpc.NewServer(grpc.MaxRecvMsgSize(MaxMessageBytes))
	v1alpha1.RegisterStateServer(grpcServer, server.NewState(state.WrapCore(namespaced.NewState(buildLikeTalos))))

	return grpcServer.Serve(listener)
}

// buildLikeTalos makes the state of one namespace with the event history that Talos configures.
func buildLikeTalos(ns resource.Namespace) state.CoreState {
	return inmem.NewStateWithOptions(
		inmem.WithHistoryInitialCapacity(8),
		inmem.WithHistoryMaxCapacity(HistoryCapacity),
		inmem.WithHistoryGap(HistoryGap),
	)(ns)
}

// The event history of a kind: how many events are kept, and how many of the oldest are not
// offered as a place to start from.
const (
	HistoryCapacity = 1024
	HistoryGap      = 4
)
