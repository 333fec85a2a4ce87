package compat

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	siderox509 "github.com/siderolabs/crypto/x509"
	clientconfig "github.com/siderolabs/talos/pkg/machinery/client/config"
	"github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/encoder"
	"github.com/siderolabs/talos/pkg/machinery/config/generate"
	"github.com/siderolabs/talos/pkg/machinery/config/generate/secrets"
	"github.com/siderolabs/talos/pkg/machinery/config/machine"
	"github.com/siderolabs/talos/pkg/machinery/role"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"
)

// ctlVariable names the environment variable that holds the absolute path of ichorctl.
const ctlVariable = "ICHOR_CTL"

const (
	clusterName     = "kronform"
	clusterEndpoint = "https://api.example.org:6443"
	kubernetes      = "1.36.0"
)

// ichorctl runs our client in `directory`, and gives back what it wrote to standard error.
func ichorctl(t *testing.T, directory string, arguments ...string) string {
	t.Helper()

	path := os.Getenv(ctlVariable)
	if path == "" {
		t.Skipf("%s is not set", ctlVariable)
	}

	command := exec.Command(path, arguments...)
	command.Dir = directory
	command.Env = []string{"HOME=" + directory}

	var said strings.Builder

	command.Stderr = &said
	require.NoError(t, command.Run(), "%v: %s", arguments, &said)

	return said.String()
}

// ourSecrets makes secrets with our client; the library reads them.
func ourSecrets(t *testing.T, directory, name string, arguments ...string) *secrets.Bundle {
	t.Helper()

	ichorctl(t, directory, append([]string{"gen", "secrets", "-o", name}, arguments...)...)

	bundle, err := secrets.LoadBundle(filepath.Join(directory, name))
	require.NoError(t, err)
	require.NoError(t, bundle.Validate())

	bundle.Clock = secrets.NewClock()

	return bundle
}

// documents gives back what the documents of a text say, keys in any order.
func documents(t *testing.T, text []byte) []map[string]any {
	t.Helper()

	var all []map[string]any

	for decoder := yaml.NewDecoder(strings.NewReader(string(text))); ; {
		var document map[string]any

		err := decoder.Decode(&document)
		if err == io.EOF {
			return all
		}

		require.NoError(t, err)

		all = append(all, document)
	}
}

func TestConfigsOfOldVersionsAreTheLibrarys(t *testing.T) {
	directory := t.TempDir()
	current := ourSecrets(t, directory, "current.yaml")
	old := ourSecrets(t, directory, "old.yaml", "--talos-version", "v1.2")

	type variant struct {
		name      string
		arguments []string
		options   []generate.Option
	}

	variants := []variant{
		{name: "plain"},
		{
			name:      "everything",
			arguments: []string{"--additional-sans", "san.example,10.9.9.9", "--dns-domain", "local.example", "--registry-mirror", "docker.io=https://m.example"},
			options: []generate.Option{
				generate.WithAdditionalSubjectAltNames([]string{"san.example", "10.9.9.9"}),
				generate.WithDNSDomain("local.example"),
				generate.WithRegistryMirror("docker.io", "https://m.example"),
			},
		},
		{
			name:      "no discovery",
			arguments: []string{"--with-cluster-discovery=false"},
			options:   []generate.Option{generate.WithClusterDiscovery(false)},
		},
	}

	for _, version := range []string{"v1.2", "v1.3", "v1.4", "v1.5", "v1.6", "v1.7", "v1.8", "v1.9", "v1.10", "v1.11", "v1.12", "v1.13"} {
		for _, variant := range variants {
			t.Run(version+" "+variant.name, func(t *testing.T) {
				contract, err := config.ParseContractFromVersion(version)
				require.NoError(t, err)

				bundle, file := current, "current.yaml"
				if !contract.SecretboxEncryptionSupported() {
					bundle, file = old, "old.yaml"
				}

				options := append([]generate.Option{
					generate.WithSecretsBundle(bundle), generate.WithVersionContract(contract),
					generate.WithInstallDisk("/dev/sda"), generate.WithInstallImage("image:v1"),
				}, variant.options...)
				input, err := generate.NewInput(clusterName, clusterEndpoint, kubernetes, options...)
				require.NoError(t, err)

				out := filepath.Join(directory, version, variant.name)
				ichorctl(t, directory, append([]string{
					"gen", "config", clusterName, clusterEndpoint, "--with-secrets", file, "-o", out,
					"--talos-version", version, "--kubernetes-version", kubernetes, "--install-image", "image:v1",
				}, variant.arguments...)...)

				for name, machineType := range map[string]machine.Type{"controlplane": machine.TypeControlPlane, "worker": machine.TypeWorker} {
					theirs, err := input.Config(machineType)
					require.NoError(t, err)

					expected, err := theirs.EncodeBytes(encoder.WithComments(encoder.CommentsDisabled))
					require.NoError(t, err)

					ours, err := os.ReadFile(filepath.Join(out, name+".yaml"))
					require.NoError(t, err)
					assert.Empty(t, differences(name, byIdentity(documents(t, expected)), byIdentity(documents(t, ours))))
					accepted(t, string(ours))
				}
			})
		}
	}
}

// What a later library knows than the one that is asked: documents of our current form, one by one.
func TestDocumentsOfTheCurrentVersionAreTheLibrarys(t *testing.T) {
	directory := t.TempDir()
	bundle := ourSecrets(t, directory, "secrets.yaml")
	ichorctl(t, directory, "gen", "config", clusterName, clusterEndpoint, "--with-secrets", "secrets.yaml", "--kubernetes-version", kubernetes)

	input, err := generate.NewInput(clusterName, clusterEndpoint, kubernetes, generate.WithSecretsBundle(bundle))
	require.NoError(t, err)

	theirs, err := input.Config(machine.TypeControlPlane)
	require.NoError(t, err)

	expected, err := theirs.EncodeBytes(encoder.WithComments(encoder.CommentsDisabled))
	require.NoError(t, err)

	text, err := os.ReadFile(filepath.Join(directory, "controlplane.yaml"))
	require.NoError(t, err)

	ours := byIdentity(documents(t, text))

	for _, document := range documents(t, expected) {
		name := identity(document)

		switch {
		case document["kind"] == nil: // what it says is in documents of its own by now
		case document["kind"] == "KubeEtcdEncryptionConfig": // the key got another name since
			assert.Contains(t, ours, name)
		default:
			assert.Empty(t, differences(name, document, ours[name]))
		}
	}
}

// byIdentity has each document under its kind and name.
func byIdentity(all []map[string]any) map[string]any {
	found := map[string]any{}
	for _, document := range all {
		found[identity(document)] = document
	}

	return found
}

// differences lists where two values are not the same, and nothing of long values, which are secrets.
func differences(path string, expected, actual any) []string {
	left, isMap := expected.(map[string]any)
	right, isMapToo := actual.(map[string]any)

	if !isMap || !isMapToo {
		if reflect.DeepEqual(expected, actual) {
			return nil
		}

		return []string{fmt.Sprintf("%s: expected %.60v, got %.60v", path, expected, actual)}
	}

	var all []string

	for key := range maps.Keys(left) {
		if _, ok := right[key]; !ok {
			all = append(all, fmt.Sprintf("%s.%s: missing: %.60v", path, key, left[key]))
		} else {
			all = append(all, differences(path+"."+key, left[key], right[key])...)
		}
	}

	for key := range maps.Keys(right) {
		if _, ok := left[key]; !ok {
			all = append(all, fmt.Sprintf("%s.%s: only ours: %.60v", path, key, right[key]))
		}
	}

	return all
}

func identity(document map[string]any) string {
	kind, _ := document["kind"].(string)
	name, _ := document["name"].(string)

	return kind + " " + name
}

// TestCertificatesOfBothVerifyEachOther has a client and a server of either side shake hands.
func TestCertificatesOfBothVerifyEachOther(t *testing.T) {
	directory := t.TempDir()
	bundle := ourSecrets(t, directory, "secrets.yaml")
	ichorctl(t, directory, "gen", "config", clusterName, clusterEndpoint, "--with-secrets", "secrets.yaml", "-t", "talosconfig", "-o", "admin", "--endpoints", "127.0.0.1")
	ichorctl(t, directory, "--talosconfig", "admin", "config", "new", "reader", "--with-secrets", "secrets.yaml", "--roles", "os:reader")

	ca := bundle.Certs.OS
	server, err := siderox509.NewKeyPair(mustAuthority(t, ca),
		siderox509.IPAddresses([]net.IP{net.IPv4(127, 0, 0, 1)}),
		siderox509.KeyUsage(x509.KeyUsageDigitalSignature),
		siderox509.ExtKeyUsage([]x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}))
	require.NoError(t, err)

	for name, expected := range map[string]role.Role{"admin": role.Admin, "reader": role.Reader} {
		client := ourClient(t, filepath.Join(directory, name))
		assert.Equal(t, []string{string(expected)}, shakeHands(t, ca.Crt, *server.Certificate, client))
	}

	theirs, err := bundle.GenerateTalosAPIClientCertificateWithTTL(role.MakeSet(role.Admin, role.Reader), time.Hour)
	require.NoError(t, err)

	pair, err := tls.X509KeyPair(theirs.Crt, theirs.Key)
	if err != nil { // crypto/tls does not know the label
		pair, err = tls.X509KeyPair(theirs.Crt, []byte(strings.ReplaceAll(string(theirs.Key), "ED25519 PRIVATE KEY", "PRIVATE KEY")))
	}

	require.NoError(t, err)
	assert.ElementsMatch(t, []string{"os:admin", "os:reader"}, shakeHands(t, ca.Crt, ourServer(t, directory, ca), pair))
}

func mustAuthority(t *testing.T, pair *siderox509.PEMEncodedCertificateAndKey) *siderox509.CertificateAuthority {
	t.Helper()

	authority, err := siderox509.NewCertificateAuthorityFromCertificateAndKey(pair)
	require.NoError(t, err)

	return authority
}

// ourClient reads the certificate of the current context of a file that our client wrote.
func ourClient(t *testing.T, path string) tls.Certificate {
	t.Helper()

	file, err := clientconfig.Open(path)
	require.NoError(t, err)

	current := file.Contexts[file.Context]
	require.NotNil(t, current)
	assert.Equal(t, []string{"127.0.0.1"}, current.Endpoints)

	certificate, err := base64.StdEncoding.DecodeString(current.Crt)
	require.NoError(t, err)

	key, err := base64.StdEncoding.DecodeString(current.Key)
	require.NoError(t, err)

	pair, err := tls.X509KeyPair(certificate, key)
	require.NoError(t, err)

	return pair
}

// ourServer has our client make a server's certificate: a request without roles, signed by the CA.
func ourServer(t *testing.T, directory string, ca *siderox509.PEMEncodedCertificateAndKey) tls.Certificate {
	t.Helper()

	require.NoError(t, os.WriteFile(filepath.Join(directory, "os.crt"), ca.Crt, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(directory, "os.key"), ca.Key, 0o600))
	ichorctl(t, directory, "gen", "key", "--name", "server")
	ichorctl(t, directory, "gen", "csr", "--key", "server.key", "--ip", "127.0.0.1", "--roles", "server")
	ichorctl(t, directory, "gen", "crt", "--ca", "os", "--csr", "server.csr", "--name", "server")

	pair, err := tls.LoadX509KeyPair(filepath.Join(directory, "server.crt"), filepath.Join(directory, "server.key"))
	require.NoError(t, err)

	return pair
}

// shakeHands connects a client with a server over TLS 1.3, each of which demands a certificate of the CA,
// and gives back the roles that the server saw.
func shakeHands(t *testing.T, ca []byte, server, client tls.Certificate) []string {
	t.Helper()

	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(ca))

	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{server}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert,
	})
	require.NoError(t, err)

	defer listener.Close() //nolint:errcheck

	seen := make(chan []string, 1)

	go func() {
		defer close(seen)

		accepted, err := listener.Accept()
		if err != nil {
			return
		}

		defer accepted.Close() //nolint:errcheck

		connection := accepted.(*tls.Conn) //nolint:forcetypeassert
		if connection.Handshake() == nil {
			seen <- connection.ConnectionState().PeerCertificates[0].Subject.Organization
		}
	}()

	connection, err := tls.Dial("tcp", listener.Addr().String(), &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{client}, RootCAs: pool})
	require.NoError(t, err)

	defer connection.Close() //nolint:errcheck

	return <-seen
}
