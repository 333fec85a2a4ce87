package compat

import (
	"testing"

	"github.com/cosi-project/runtime/pkg/resource"
	"github.com/cosi-project/runtime/pkg/resource/protobuf"
	"github.com/cosi-project/runtime/pkg/state/conformance"
	"github.com/stretchr/testify/require"
	"github.com/stretchr/testify/suite"
)

// The suite's type must be known to the client; the server needs not know it.
var errRegister = protobuf.RegisterResource(conformance.PathResourceType, &conformance.PathResource{})

func TestTheOfficialConformanceSuitePasses(t *testing.T) {
	require.NoError(t, errRegister)

	bothServers(t, func(t *testing.T, f *fixture) {
		namespaces := []resource.Namespace{"default", "controller", "system", "runtime"}
		for _, ns := range namespaces {
			f.growHistory(t, ns)
		}

		suite.Run(t, &conformance.StateSuite{State: f.State, Namespaces: namespaces})
	})
}

// growHistory makes events, and leaves no row. The suite goes back five events, but a history as
// Talos configures it begins with room for eight and refuses all but the last four of them: in a
// namespace that the suite's dice did not choose before, the official server would fail.
func (f *fixture) growHistory(t *testing.T, ns resource.Namespace) {
	t.Helper()

	for range 20 {
		r := conformance.NewPathResource(ns, "history")
		f.create(t, r)
		require.NoError(t, f.Destroy(t.Context(), r.Metadata()))
	}
}
