// Package harness starts COSI state servers as processes of their own and connects to them.
//
// Every server is a process, the official Go one included: a crash is then seen as a crash, and
// /proc says what the server alone costs.
package harness

import (
	"fmt"
	"os"
)

// OursVariable names the environment variable that holds the absolute path of our state server.
const OursVariable = "ICHOR_STATE_SERVER"

// MaxMessageBytes is the largest gRPC message that Talos' servers and clients take.
const MaxMessageBytes = 32 << 20

// Implementation is a program that serves an empty, unrestricted COSI state on a unix socket.
type Implementation struct {
	Name string   // Name is short and stands in test names and tables.
	argv []string // argv is the command line; the socket's path is appended to it.
}

// Official is the Go server of cosi-project/runtime. The running program is executed once more to
// serve it, so its main function (or TestMain) must begin with ServeIfAsked.
func Official() (Implementation, error) {
	self, err := os.Executable()
	if err != nil {
		return Implementation{}, fmt.Errorf("find this program: %w", err)
	}

	return Implementation{Name: "go", argv: []string{self, serveFlag}}, nil
}

// Ours is the C++ server that OursVariable points to; false if the variable is unset.
func Ours() (Implementation, bool) {
	path := os.Getenv(OursVariable)

	return OursAt(path), path != ""
}

// OursAt is the C++ server at the given path.
func OursAt(path string) Implementation {
	return Implementation{Name: "ours", argv: []string{path, "--socket"}}
}
