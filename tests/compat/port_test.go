package compat

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/siderolabs/talos/pkg/machinery/api/machine"
	"github.com/siderolabs/talos/pkg/machinery/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// closes says whether the peer ends the connection.
func closes(t *testing.T, connection net.Conn) {
	t.Helper()
	require.NoError(t, connection.SetDeadline(time.Now().Add(20*time.Second)))

	_, err := io.Copy(io.Discard, connection)
	if err != nil {
		assert.NotContains(t, err.Error(), "timeout")
	}
}

// Anything may come in on the port: the sender is named in the log, and everybody else is served.
func TestAnyBytesOnThePort(t *testing.T) {
	apid := startApid(t)

	random := make([]byte, 64<<10)
	_, err := rand.Read(random)
	require.NoError(t, err)

	answers := func(t *testing.T) {
		t.Helper()

		c, err := client.New(t.Context(), client.WithEndpoints(apid.address),
			client.WithTLSConfig(&tls.Config{InsecureSkipVerify: true}))
		require.NoError(t, err)

		defer c.Close() //nolint:errcheck

		_, err = c.Version(t.Context())
		require.NoError(t, err)
	}

	// Connects until the log names a connection of ours: it has a line for at most one of them a second.
	provoke := func(t *testing.T, misbehave func(net.Conn)) {
		t.Helper()
		require.Eventually(t, func() bool {
			connection, err := net.Dial("tcp", apid.address)
			if err != nil {
				return false
			}

			defer connection.Close() //nolint:errcheck

			misbehave(connection)

			for range 10 { // the line takes its way through a pipe
				if strings.Contains(apid.log.String(), " with "+connection.LocalAddr().String()+": ") {
					return true
				}

				time.Sleep(10 * time.Millisecond)
			}

			return false
		}, 30*time.Second, 20*time.Millisecond, apid.log.String())
		answers(t)
	}

	for name, sent := range map[string][]byte{
		"random bytes":                random,
		"HTTP/1 without TLS":          []byte("GET / HTTP/1.1\r\nHost: node\r\n\r\n"),
		"HTTP/2 without TLS":          []byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
		"a record that is too long":   {22, 3, 1, 0xff, 0xff, 1, 0, 0, 0},
		"a ClientHello that is empty": {22, 3, 1, 0, 4, 1, 0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			provoke(t, func(connection net.Conn) {
				_, _ = connection.Write(sent)              //nolint:errcheck // the peer may be gone
				_ = connection.(*net.TCPConn).CloseWrite() //nolint:errcheck,forcetypeassert
				closes(t, connection)
			})
		})
	}

	for name, protocols := range map[string][]string{"HTTP/1 by ALPN": {"http/1.1"}, "no ALPN": nil} {
		t.Run(name, func(t *testing.T) {
			provoke(t, func(connection net.Conn) {
				inside := tls.Client(connection, &tls.Config{InsecureSkipVerify: true, NextProtos: protocols})
				if inside.HandshakeContext(t.Context()) == nil {
					_, _ = inside.Write([]byte("GET / HTTP/1.1\r\nHost: node\r\n\r\n")) //nolint:errcheck
					closes(t, inside)
				}
			})
		})
	}

	for name, sent := range map[string][]byte{
		"random bytes inside TLS":       random,
		"random bytes behind a preface": append([]byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), random...),
		"data on a stream that is not open": []byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" +
			"\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x07x"),
	} {
		t.Run(name, func(t *testing.T) {
			provoke(t, func(connection net.Conn) {
				inside := tls.Client(connection, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
				if inside.HandshakeContext(t.Context()) == nil {
					_, _ = inside.Write(sent) //nolint:errcheck
					closes(t, inside)
				}
			})
		})
	}

	t.Run("a message of 64 MiB", func(t *testing.T) {
		c, err := client.New(t.Context(), client.WithEndpoints(apid.address),
			client.WithTLSConfig(&tls.Config{InsecureSkipVerify: true}))
		require.NoError(t, err)

		defer c.Close() //nolint:errcheck

		_, err = c.MachineClient.ApplyConfiguration(t.Context(),
			&machine.ApplyConfigurationRequest{Data: bytes.Repeat([]byte{'a'}, 64<<20)})
		assert.Equal(t, codes.ResourceExhausted, status.Code(err), "%v", err)
		answers(t)
	})
}
