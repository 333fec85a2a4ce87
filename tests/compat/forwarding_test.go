package compat

import (
	"context"
	stdx509 "crypto/x509"
	"encoding/base64"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/cosi-project/runtime/pkg/state"
	"github.com/cosi-project/runtime/pkg/state/impl/inmem"
	"github.com/cosi-project/runtime/pkg/state/impl/namespaced"
	siderox509 "github.com/siderolabs/crypto/x509"
	"github.com/siderolabs/talos/pkg/machinery/api/common"
	"github.com/siderolabs/talos/pkg/machinery/api/machine"
	"github.com/siderolabs/talos/pkg/machinery/client"
	clientconfig "github.com/siderolabs/talos/pkg/machinery/client/config"
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

// Nodes of one cluster. The port is the one that nodes dial; nobody is at the last address.
const (
	firstNode  = "127.0.0.21"
	secondNode = "127.0.0.22"
	deadNode   = "127.0.0.29"
	apidPort   = ":50000"
)

// namedMachined answers with its name, and with the roles that it was asked with.
type namedMachined struct {
	machine.UnimplementedMachineServiceServer

	name string
}

func (m namedMachined) Version(ctx context.Context, _ *emptypb.Empty) (*machine.VersionResponse, error) {
	incoming, _ := metadata.FromIncomingContext(ctx)

	return &machine.VersionResponse{Messages: []*machine.Version{
		{Version: &machine.VersionInfo{Tag: m.name, Sha: strings.Join(incoming.Get("talos-role"), ",")}},
	}}, nil
}

func (m namedMachined) Dmesg(_ *machine.DmesgRequest, stream grpc.ServerStreamingServer[common.Data]) error {
	for range 100 {
		if err := stream.Send(&common.Data{Bytes: []byte(m.name)}); err != nil {
			return err
		}
	}

	return nil
}

// issue makes a certificate of ca.
func issue(t *testing.T, ca *siderox509.CertificateAuthority, options ...siderox509.Option) *siderox509.PEMEncodedCertificateAndKey {
	t.Helper()

	pair, err := siderox509.NewKeyPair(ca, append([]siderox509.Option{
		siderox509.NotAfter(time.Now().Add(time.Hour)),
		siderox509.KeyUsage(stdx509.KeyUsageDigitalSignature),
	}, options...)...)
	require.NoError(t, err)

	return siderox509.NewCertificateAndKeyFromKeyPair(pair)
}

// startNode starts an apid of the cluster that ca makes, at address.
func startNode(t *testing.T, ca *siderox509.CertificateAuthority, address string) {
	t.Helper()

	core := state.WrapCore(namespaced.NewState(inmem.Build))

	config := runtime.NewAPIServiceConfig()
	config.TypedSpec().ListenAddress = address + apidPort
	require.NoError(t, core.Create(t.Context(), config))

	certificates := secrets.NewAPI()
	certificates.TypedSpec().AcceptedCAs = []*siderox509.PEMEncodedCertificate{{Crt: ca.CrtPEM}}
	certificates.TypedSpec().Server = issue(t, ca, siderox509.IPAddresses([]net.IP{net.ParseIP(address)}),
		siderox509.ExtKeyUsage([]stdx509.ExtKeyUsage{stdx509.ExtKeyUsageServerAuth}))
	certificates.TypedSpec().Client = issue(t, ca, siderox509.Organization("os:impersonator"),
		siderox509.ExtKeyUsage([]stdx509.ExtKeyUsage{stdx509.ExtKeyUsageClientAuth}))
	require.NoError(t, core.Create(t.Context(), certificates))

	addresses := network.NewNodeAddress(network.NamespaceName, network.NodeAddressCurrentID)
	addresses.TypedSpec().Addresses = []netip.Prefix{netip.MustParsePrefix(address + "/8")}
	require.NoError(t, core.Create(t.Context(), addresses))

	runApid(t, core, namedMachined{name: address}, address+apidPort)
}

// The official client asks one node for another, and for several at once.
func TestForwarding(t *testing.T) {
	ca, err := siderox509.NewSelfSignedCertificateAuthority(siderox509.Organization("talos"))
	require.NoError(t, err)

	startNode(t, ca, firstNode)
	startNode(t, ca, secondNode)

	own := issue(t, ca, siderox509.Organization("os:reader"),
		siderox509.ExtKeyUsage([]stdx509.ExtKeyUsage{stdx509.ExtKeyUsageClientAuth}))
	c, err := client.New(t.Context(), client.WithConfigContext(&clientconfig.Context{
		Endpoints: []string{firstNode},
		CA:        base64.StdEncoding.EncodeToString(ca.CrtPEM),
		Crt:       base64.StdEncoding.EncodeToString(own.Crt),
		Key:       base64.StdEncoding.EncodeToString(own.Key),
	}))
	require.NoError(t, err)

	defer c.Close() //nolint:errcheck

	t.Run("another node answers, with the caller's roles", func(t *testing.T) {
		version, err := c.Version(client.WithNode(t.Context(), secondNode))
		require.NoError(t, err)
		assert.Equal(t, secondNode, version.Messages[0].Version.Tag)
		assert.Equal(t, "os:reader", version.Messages[0].Version.Sha)
		assert.Nil(t, version.Messages[0].Metadata)
	})

	t.Run("what the caller may not do is refused there too", func(t *testing.T) {
		assert.Equal(t, codes.PermissionDenied, status.Code(c.Reboot(client.WithNode(t.Context(), secondNode))))
	})

	t.Run("several answer as one, and a dead one is an error with its name", func(t *testing.T) {
		version, err := c.Version(client.WithNodes(t.Context(), firstNode, secondNode, deadNode)) //nolint:staticcheck
		require.ErrorContains(t, err, deadNode)
		assert.ErrorContains(t, err, "Unavailable")

		tags := map[string]string{}
		for _, message := range version.Messages {
			tags[message.Metadata.Hostname] = message.Version.Tag
		}
		assert.Equal(t, map[string]string{firstNode: firstNode, secondNode: secondNode}, tags)
	})

	t.Run("streams of several are mixed", func(t *testing.T) {
		stream, err := c.Dmesg(client.WithNodes(t.Context(), firstNode, secondNode), false, false) //nolint:staticcheck
		require.NoError(t, err)

		lines := map[string]int{}
		for {
			data, err := stream.Recv()
			if err != nil {
				break
			}

			assert.Equal(t, data.Metadata.Hostname, string(data.Bytes))
			lines[data.Metadata.Hostname]++
		}
		assert.Equal(t, map[string]int{firstNode: 100, secondNode: 100}, lines)
	})

	t.Run("a node that is not there is named", func(t *testing.T) {
		_, err := c.Version(client.WithNode(t.Context(), deadNode))
		assert.Equal(t, codes.Unavailable, status.Code(err))
		assert.ErrorContains(t, err, "node "+deadNode)
	})
}
