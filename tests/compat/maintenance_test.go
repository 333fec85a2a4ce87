package compat

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"ichor.dev/tests/compat/harness"

	"github.com/cosi-project/runtime/api/v1alpha1"
	"github.com/cosi-project/runtime/pkg/state"
	"github.com/cosi-project/runtime/pkg/state/impl/inmem"
	"github.com/cosi-project/runtime/pkg/state/impl/namespaced"
	"github.com/cosi-project/runtime/pkg/state/protobuf/server"
	siderox509 "github.com/siderolabs/crypto/x509"
	"github.com/siderolabs/talos/pkg/machinery/api/common"
	"github.com/siderolabs/talos/pkg/machinery/api/machine"
	"github.com/siderolabs/talos/pkg/machinery/client"
	"github.com/siderolabs/talos/pkg/machinery/resources/network"
	"github.com/siderolabs/talos/pkg/machinery/resources/runtime"
	"github.com/siderolabs/talos/pkg/machinery/resources/secrets"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

// nodeVariable names the environment variable that holds the absolute path of the node's executable.
const nodeVariable = "ICHOR_NODE"

// fakeMachined is machined's API: it answers with what it was asked as.
type fakeMachined struct {
	machine.UnimplementedMachineServiceServer
}

func (fakeMachined) Version(ctx context.Context, _ *emptypb.Empty) (*machine.VersionResponse, error) {
	incoming, _ := metadata.FromIncomingContext(ctx)
	roles := incoming.Get("talos-role")

	if len(roles) != 1 || roles[0] != "os:reader" {
		return nil, status.Errorf(codes.Internal, "roles %v", roles)
	}

	return &machine.VersionResponse{Messages: []*machine.Version{{Version: &machine.VersionInfo{Tag: "v1.14.0"}}}}, nil
}

func (fakeMachined) Dmesg(_ *machine.DmesgRequest, stream grpc.ServerStreamingServer[common.Data]) error {
	for range 1000 {
		if err := stream.Send(&common.Data{Bytes: make([]byte, 1000)}); err != nil {
			return err
		}
	}

	return nil
}

// serveOn serves register's services on a unix socket until the test ends.
func serveOn(t *testing.T, path string, register func(*grpc.Server)) {
	t.Helper()

	listener, err := net.Listen("unix", path)
	require.NoError(t, err)

	grpcServer := grpc.NewServer()
	register(grpcServer)

	go grpcServer.Serve(listener) //nolint:errcheck
	t.Cleanup(grpcServer.Stop)
}

// selfSigned makes a server's certificate in Talos' PEM form.
func selfSigned(t *testing.T) (*siderox509.PEMEncodedCertificateAndKey, string) {
	t.Helper()

	public, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)

	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotAfter:     time.Now().Add(time.Hour),
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	require.NoError(t, err)

	parsed, err := x509.ParseCertificate(der)
	require.NoError(t, err)

	key, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)

	return &siderox509.PEMEncodedCertificateAndKey{
		Crt: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		Key: pem.EncodeToMemory(&pem.Block{Type: "ED25519 PRIVATE KEY", Bytes: key}),
	}, siderox509.SPKIFingerprint(parsed).String()
}

// freeAddress is an address of this machine that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)

	defer listener.Close() //nolint:errcheck

	return listener.Addr().String()
}

// runningApid is an apid between a state that tells it to listen and a fake machined.
type runningApid struct {
	address     string
	fingerprint string // of its certificate
	log         *harness.Tail
}

// runApid starts an apid that listens on address, as core tells it to, before machined. The test's end ends it.
func runApid(t *testing.T, core state.State, machined machine.MachineServiceServer, address string) *harness.Tail {
	t.Helper()

	node := os.Getenv(nodeVariable)
	if node == "" {
		t.Skip(nodeVariable + " is unset")
	}

	directory, err := os.MkdirTemp("", "apid-")
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(directory) }) //nolint:errcheck

	serveOn(t, filepath.Join(directory, "state"), func(s *grpc.Server) {
		v1alpha1.RegisterStateServer(s, server.NewState(core))
	})
	serveOn(t, filepath.Join(directory, "machined"), func(s *grpc.Server) {
		machine.RegisterMachineServiceServer(s, machined)
	})

	apid := exec.Command(node, "--state", filepath.Join(directory, "state"), "--machined", filepath.Join(directory, "machined"))
	apid.Args[0] = "apid"
	log := &harness.Tail{}
	apid.Stderr = io.MultiWriter(os.Stderr, log)
	require.NoError(t, apid.Start())
	t.Cleanup(func() {
		apid.Process.Kill() //nolint:errcheck
		apid.Wait()         //nolint:errcheck
	})

	require.Eventually(t, func() bool {
		connection, err := net.Dial("tcp", address)
		if err == nil {
			connection.Close() //nolint:errcheck
		}

		return err == nil
	}, 20*time.Second, 20*time.Millisecond)

	return log
}

// startApid starts one as in maintenance mode; the test's end ends it.
func startApid(t *testing.T) runningApid {
	t.Helper()

	core := state.WrapCore(namespaced.NewState(inmem.Build))
	address := freeAddress(t)

	config := runtime.NewAPIServiceConfig()
	config.TypedSpec().ListenAddress = address
	config.TypedSpec().NodeRoutingDisabled = true
	config.TypedSpec().ReadonlyRoleMode = true
	config.TypedSpec().SkipVerifyingClientCert = true
	require.NoError(t, core.Create(t.Context(), config))

	pair, fingerprint := selfSigned(t)
	certificates := secrets.NewAPI()
	certificates.TypedSpec().Server = pair
	certificates.TypedSpec().SkipVerifyingClientCert = true
	require.NoError(t, core.Create(t.Context(), certificates))

	addresses := network.NewNodeAddress(network.NamespaceName, network.NodeAddressCurrentID)
	addresses.TypedSpec().Addresses = []netip.Prefix{netip.MustParsePrefix("10.5.0.2/24")}
	require.NoError(t, core.Create(t.Context(), addresses))

	log := runApid(t, core, fakeMachined{}, address)

	return runningApid{address: address, fingerprint: fingerprint, log: log}
}

// The client as talosctl makes it for --insecure, and with --cert-fingerprint.
func TestMaintenance(t *testing.T) {
	apid := startApid(t)
	address, fingerprint := apid.address, apid.fingerprint

	c, err := client.New(t.Context(), client.WithEndpoints(address), client.WithTLSConfig(&tls.Config{InsecureSkipVerify: true}))
	require.NoError(t, err)

	defer c.Close() //nolint:errcheck

	t.Run("Version answers", func(t *testing.T) {
		version, err := c.Version(t.Context())
		require.NoError(t, err)
		assert.Equal(t, "v1.14.0", version.Messages[0].Version.Tag)
	})

	t.Run("a stream comes whole", func(t *testing.T) {
		stream, err := c.Dmesg(t.Context(), false, false)
		require.NoError(t, err)

		count := 0
		for {
			data, err := stream.Recv()
			if err != nil {
				break
			}

			count += len(data.Bytes)
		}
		assert.Equal(t, 1_000_000, count)
	})

	t.Run("what a reader may not do is refused", func(t *testing.T) {
		assert.Equal(t, codes.PermissionDenied, status.Code(c.Reboot(t.Context())))
		assert.Equal(t, codes.PermissionDenied, status.Code(c.Shutdown(t.Context())))
		assert.Equal(t, codes.PermissionDenied, status.Code(c.MetaWrite(t.Context(), 1, nil)))
		assert.Equal(t, codes.PermissionDenied, status.Code(c.Reset(t.Context(), true, true)))
	})

	t.Run("only the node itself is a target", func(t *testing.T) {
		_, err := c.Version(client.WithNode(t.Context(), "10.5.0.2"))
		require.NoError(t, err)

		_, err = c.Version(client.WithNode(t.Context(), "10.5.0.3"))
		assert.Equal(t, codes.PermissionDenied, status.Code(err))
	})

	t.Run("what machined does not know is unimplemented", func(t *testing.T) {
		_, err := c.Memory(t.Context())
		assert.Equal(t, codes.Unimplemented, status.Code(err))
	})

	t.Run("the fingerprint is what the client computes", func(t *testing.T) {
		connection, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
		require.NoError(t, err)

		defer connection.Close() //nolint:errcheck

		leaf := connection.ConnectionState().PeerCertificates[0]
		assert.Equal(t, fingerprint, siderox509.SPKIFingerprint(leaf).String())
	})

	t.Run("half-open connections by the thousand keep nobody out", func(t *testing.T) {
		for range 2000 {
			connection, err := net.Dial("tcp", address)
			require.NoError(t, err)

			defer connection.Close() //nolint:errcheck
		}

		late, err := client.New(t.Context(), client.WithEndpoints(address), client.WithTLSConfig(&tls.Config{InsecureSkipVerify: true}))
		require.NoError(t, err)

		defer late.Close() //nolint:errcheck

		_, err = late.Version(t.Context())
		require.NoError(t, err)
	})

	t.Run("TLS 1.1 is turned away", func(t *testing.T) {
		_, err := tls.Dial("tcp", address, &tls.Config{
			InsecureSkipVerify: true,
			NextProtos:         []string{"h2"},
			MinVersion:         tls.VersionTLS10,
			MaxVersion:         tls.VersionTLS11,
		})
		assert.Error(t, err)
	})
}
