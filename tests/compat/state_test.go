// Package compat checks our servers with the official clients of the Talos world. The files
// state_*_test.go check the COSI state server.
//
// Each sentence is checked first against the official Go server, which shows that the sentence is
// true, and then against ours (harness.OursVariable; skipped if it is unset).
package compat

import (
	"os"
	"testing"

	"github.com/cosi-project/runtime/api/v1alpha1"
	"github.com/cosi-project/runtime/pkg/state"
	"github.com/cosi-project/runtime/pkg/state/protobuf/client"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"ichor.dev/tests/compat/harness"
)

func TestMain(m *testing.M) {
	harness.ServeIfAsked()
	os.Exit(m.Run())
}

// fixture is a server of its own for one test, and a connection to it.
type fixture struct {
	state.State // State is the official client.

	raw        v1alpha1.StateClient // raw sends requests the official client would not send.
	connection *grpc.ClientConn
	server     *harness.Server
}

// bothServers runs the check against the official server and against ours.
func bothServers(t *testing.T, check func(*testing.T, *fixture)) {
	t.Helper()
	t.Run("go", func(t *testing.T) {
		official, err := harness.Official()
		require.NoError(t, err)
		check(t, newFixture(t, official))
	})
	oursOnly(t, check)
}

// oursOnly runs a check that kills the official server.
func oursOnly(t *testing.T, check func(*testing.T, *fixture)) {
	t.Helper()
	t.Run("ours", func(t *testing.T) {
		ours, found := harness.Ours()
		if !found {
			t.Skip(harness.OursVariable + " is unset")
		}

		check(t, newFixture(t, ours))
	})
}

// newFixture starts a server, which must live until the test's end.
func newFixture(t *testing.T, implementation harness.Implementation) *fixture {
	t.Helper()

	server := start(t, implementation)
	connection := dial(t, server.Socket)
	raw := v1alpha1.NewStateClient(connection)

	return &fixture{
		State:      state.WrapCore(client.NewAdapter(raw)),
		raw:        raw,
		connection: connection,
		server:     server,
	}
}

// start starts a server and stops it at the test's end.
func start(t *testing.T, implementation harness.Implementation) *harness.Server {
	t.Helper()

	server, err := harness.Start(implementation)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })

	return server
}

// dial connects to a socket until the test's end.
func dial(t *testing.T, socket string, options ...grpc.DialOption) *grpc.ClientConn {
	t.Helper()

	connection, err := harness.Dial(socket, options...)
	require.NoError(t, err)
	t.Cleanup(func() { connection.Close() })

	return connection
}

// sibling starts one more server of the fixture's kind.
func (f *fixture) sibling(t *testing.T) *harness.Server {
	t.Helper()

	if f.server.Name == "ours" {
		ours, _ := harness.Ours()

		return start(t, ours)
	}

	official, err := harness.Official()
	require.NoError(t, err)

	return start(t, official)
}
