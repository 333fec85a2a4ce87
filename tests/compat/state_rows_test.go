package compat

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/cosi-project/runtime/api/v1alpha1"
	"github.com/cosi-project/runtime/pkg/resource"
	"github.com/cosi-project/runtime/pkg/resource/protobuf"
	"github.com/cosi-project/runtime/pkg/state"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// All rows of these tests are of one kind, whose type neither client nor server knows.
const (
	namespace = "compat"
	rowType   = "Rows.compat.ichor.dev"
)

// patience is how long a test waits for what must happen. Nothing passes because time passed.
const patience = 20 * time.Second

// wire makes a row as it goes over the wire, not yet stored.
func wire(id string) *v1alpha1.Resource {
	return &v1alpha1.Resource{
		Metadata: &v1alpha1.Metadata{
			Namespace: namespace, Type: rowType, Id: id,
			Version: "undefined", Phase: "running",
			Created: timestamppb.New(time.Unix(1, 0)), Updated: timestamppb.New(time.Unix(2, 0)),
		},
		Spec: &v1alpha1.Spec{ProtoSpec: []byte("\x0a\x01x"), YamlSpec: "x: 1\n"},
	}
}

// row makes a row as the official client knows it, with labels given as key, value, ….
func row(id string, labels ...string) *protobuf.Resource {
	w := wire(id)
	w.Metadata.Labels = map[string]string{}

	for i := 0; i < len(labels); i += 2 {
		w.Metadata.Labels[labels[i]] = labels[i+1]
	}

	return known(w)
}

// known turns a well-formed row of the wire into one of the official client.
func known(w *v1alpha1.Resource) *protobuf.Resource {
	r, err := protobuf.Unmarshal(w)
	if err != nil {
		panic(err)
	}

	return r
}

// onWire turns a row of the official client into one of the wire.
func onWire(t *testing.T, r resource.Resource) *v1alpha1.Resource {
	t.Helper()
	require.IsType(t, &protobuf.Resource{}, r)

	w, err := r.(*protobuf.Resource).Marshal()
	require.NoError(t, err)

	return w
}

// at points to a row.
func at(id string) resource.Metadata {
	return resource.NewMetadata(namespace, rowType, id, resource.VersionUndefined)
}

// kind is the kind of all rows.
func kind() resource.Metadata {
	return at("")
}

// deadline is a context for one test.
func deadline(t *testing.T) context.Context {
	t.Helper()

	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)

	return ctx
}

// create stores new rows.
func (f *fixture) create(t *testing.T, rows ...resource.Resource) {
	t.Helper()

	for _, r := range rows {
		require.NoError(t, f.Create(t.Context(), r))
	}
}

// touch writes a row back as it is, which makes a new version of it.
func (f *fixture) touch(t *testing.T, id string) {
	t.Helper()
	f.edit(t, id, func(*resource.Metadata) {})
}

// edit changes the metadata of a row in whatever phase.
func (f *fixture) edit(t *testing.T, id string, change func(*resource.Metadata)) {
	t.Helper()

	current, err := f.Get(t.Context(), at(id))
	require.NoError(t, err)
	change(current.Metadata())
	require.NoError(t, f.Update(t.Context(), current,
		state.WithUpdateOwner(current.Metadata().Owner()), state.WithExpectedPhaseAny()))
}

// label sets a label.
func (f *fixture) label(t *testing.T, id, key, value string) {
	t.Helper()
	f.edit(t, id, func(md *resource.Metadata) { md.Labels().Set(key, value) })
}

// destroy removes a row.
func (f *fixture) destroy(t *testing.T, id string) {
	t.Helper()
	require.NoError(t, f.Destroy(t.Context(), at(id)))
}

// ids lists the ids of the rows that match.
func (f *fixture) ids(t *testing.T, options ...state.ListOption) []string {
	t.Helper()

	list, err := f.List(t.Context(), kind(), options...)
	require.NoError(t, err)

	found := []string{}
	for _, r := range list.Items {
		found = append(found, r.Metadata().ID())
	}

	return found
}

// name says which version of which row this is: "id@version".
func name(r resource.Resource) string {
	return fmt.Sprintf("%s@%s", r.Metadata().ID(), r.Metadata().Version())
}
