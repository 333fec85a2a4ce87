package compat

import (
	"context"
	"strings"
	"testing"

	"github.com/cosi-project/runtime/pkg/resource"
	"github.com/cosi-project/runtime/pkg/state"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// The kinds of errors that the official client tells apart.
const (
	missing       = "not found"
	conflict      = "conflict"
	ownerConflict = "conflict, owner"
	phaseConflict = "conflict, phase"
)

// kindOf says what the official client recognises in an error.
func kindOf(err error) string {
	kinds := ""

	for _, k := range []struct {
		name string
		is   bool
	}{
		{"not found", state.IsNotFoundError(err)},
		{"conflict", state.IsConflictError(err)},
		{", owner", state.IsOwnerConflictError(err)},
		{", phase", state.IsPhaseConflictError(err)},
		{"bad bookmark", state.IsInvalidWatchBookmarkError(err)},
		{"unsupported", state.IsUnsupportedError(err)},
	} {
		if k.is {
			kinds += k.name
		}
	}

	return kinds
}

// textOf is the server's text in an error of the official client, which hides the gRPC status.
func textOf(err error) string {
	_, text, _ := strings.Cut(err.Error(), " desc = ")

	return text
}

// refusal is one write or read that the server must refuse. The rows it meets are those of
// prepareRefusals.
type refusal struct {
	name string
	do   func(context.Context, *fixture) error
	kind string
	text string
}

var refusals = []refusal{
	{"get of a missing row", func(ctx context.Context, f *fixture) error {
		_, err := f.Get(ctx, at("none"))

		return err
	}, missing, "resource Rows.compat.ichor.dev(compat/none@undefined) doesn't exist"},
	{"update of a missing row", func(ctx context.Context, f *fixture) error {
		return f.Update(ctx, versioned("none", 1))
	}, missing, "resource Rows.compat.ichor.dev(compat/none@1) doesn't exist"},
	{"destroy of a missing row", func(ctx context.Context, f *fixture) error {
		return f.Destroy(ctx, at("none"))
	}, missing, "resource Rows.compat.ichor.dev(compat/none@undefined) doesn't exist"},
	{"teardown of a missing row", func(ctx context.Context, f *fixture) error {
		_, err := f.Teardown(ctx, at("none"))

		return err
	}, missing, "resource Rows.compat.ichor.dev(compat/none@undefined) doesn't exist"},
	{"teardown and destroy of a missing row", func(ctx context.Context, f *fixture) error {
		return f.TeardownAndDestroy(ctx, at("none"))
	}, missing, "resource Rows.compat.ichor.dev(compat/none@undefined) doesn't exist"},
	{"create of a row that exists", func(ctx context.Context, f *fixture) error {
		return f.Create(ctx, row("plain"))
	}, conflict, "resource Rows.compat.ichor.dev(compat/plain@undefined) already exists"},
	{"create of a row that exists with another owner", func(ctx context.Context, f *fixture) error {
		return f.Create(ctx, row("owned"), state.WithCreateOwner("other"))
	}, conflict, "resource Rows.compat.ichor.dev(compat/owned@undefined) already exists"},
	{"update of an old version", func(ctx context.Context, f *fixture) error {
		return f.Update(ctx, versioned("twice", 1))
	}, conflict, `resource Rows.compat.ichor.dev(compat/twice@2) update conflict: expected version "1", actual version "2"`},
	{"update of a version to come", func(ctx context.Context, f *fixture) error {
		return f.Update(ctx, versioned("twice", 3))
	}, conflict, `resource Rows.compat.ichor.dev(compat/twice@2) update conflict: expected version "3", actual version "2"`},
	{"update of no version", func(ctx context.Context, f *fixture) error {
		return f.Update(ctx, row("plain"))
	}, conflict, `resource Rows.compat.ichor.dev(compat/plain@1) update conflict: expected version "undefined", actual version "1"`},
	{"update by nobody of an owned row", func(ctx context.Context, f *fixture) error {
		return f.Update(ctx, versioned("owned", 1))
	}, ownerConflict, `resource Rows.compat.ichor.dev(compat/owned@1) is owned by "me"`},
	{"update by somebody of a row nobody owns", func(ctx context.Context, f *fixture) error {
		return f.Update(ctx, versioned("plain", 1), state.WithUpdateOwner("other"))
	}, ownerConflict, `resource Rows.compat.ichor.dev(compat/plain@1) is owned by ""`},
	{"update by another owner of an old version", func(ctx context.Context, f *fixture) error {
		return f.Update(ctx, versioned("owned", 7), state.WithUpdateOwner("other"))
	}, ownerConflict, `resource Rows.compat.ichor.dev(compat/owned@1) is owned by "me"`},
	{"update of a row that is torn down", func(ctx context.Context, f *fixture) error {
		return f.Update(ctx, versioned("torn", 2))
	}, phaseConflict, "resource Rows.compat.ichor.dev(compat/torn@2) is not in phase running"},
	{"update of a running row expected to be torn down", func(ctx context.Context, f *fixture) error {
		return f.Update(ctx, versioned("plain", 1), state.WithExpectedPhase(resource.PhaseTearingDown))
	}, phaseConflict, "resource Rows.compat.ichor.dev(compat/plain@1) is not in phase tearingDown"},
	{"update of an old version of a row that is torn down", func(ctx context.Context, f *fixture) error {
		return f.Update(ctx, versioned("torn", 1))
	}, conflict, `resource Rows.compat.ichor.dev(compat/torn@2) update conflict: expected version "1", actual version "2"`},
	{"destroy by another owner", func(ctx context.Context, f *fixture) error {
		return f.Destroy(ctx, at("owned"), state.WithDestroyOwner("other"))
	}, ownerConflict, `resource Rows.compat.ichor.dev(compat/owned@1) is owned by "me"`},
	{"destroy by nobody of an owned row with finalizers", func(ctx context.Context, f *fixture) error {
		return f.Destroy(ctx, at("held"))
	}, ownerConflict, `resource Rows.compat.ichor.dev(compat/held@2) is owned by "me"`},
	{"destroy of a row with finalizers", func(ctx context.Context, f *fixture) error {
		return f.Destroy(ctx, at("held"), state.WithDestroyOwner("me"))
	}, conflict, "resource Rows.compat.ichor.dev(compat/held@2) has pending finalizers &[one two]"},
	{"teardown by another owner", func(ctx context.Context, f *fixture) error {
		_, err := f.Teardown(ctx, at("owned"), state.WithTeardownOwner("other"))

		return err
	}, ownerConflict, `resource Rows.compat.ichor.dev(compat/owned@1) is owned by "me"`},
	{"teardown and destroy by another owner", func(ctx context.Context, f *fixture) error {
		return f.TeardownAndDestroy(ctx, at("owned"))
	}, ownerConflict, `resource Rows.compat.ichor.dev(compat/owned@1) is owned by "me"`},
	{"teardown and destroy by another owner of a row torn down", func(ctx context.Context, f *fixture) error {
		return f.TeardownAndDestroy(ctx, at("torn"), state.WithTeardownAndDestroyOwner("other"))
	}, ownerConflict, `resource Rows.compat.ichor.dev(compat/torn@2) is owned by ""`},
}

// versioned makes a row that claims to be of some version.
func versioned(id string, version uint64) resource.Resource {
	r := row(id)

	for range version {
		r.Metadata().SetVersion(r.Metadata().Version().Next())
	}

	return r
}

// prepareRefusals makes the rows that refusals speak of.
func prepareRefusals(t *testing.T, f *fixture) {
	t.Helper()
	ctx := t.Context()

	f.create(t, row("plain"), row("twice"), row("torn"))
	f.touch(t, "twice")
	require.NoError(t, f.Create(ctx, row("owned"), state.WithCreateOwner("me")))
	require.NoError(t, f.Create(ctx, row("held"), state.WithCreateOwner("me")))
	require.NoError(t, f.AddFinalizer(ctx, at("held"), "one", "two"))

	_, err := f.Teardown(ctx, at("torn"))
	require.NoError(t, err)
}

func TestEveryRefusalIsRecognised(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		prepareRefusals(t, f)

		before := names(t, f)

		for _, r := range refusals {
			t.Run(r.name, func(t *testing.T) {
				err := r.do(deadline(t), f)
				require.Error(t, err)
				assert.Equal(t, r.kind, kindOf(err))
				assert.Equal(t, r.text, textOf(err))

				if r.kind != missing {
					assert.True(t, state.IsConflictError(err, state.WithResourceType(rowType), state.WithResourceNamespace(namespace)))
					assert.False(t, state.IsConflictError(err, state.WithResourceType("Other")))
				}
			})
		}

		assert.Equal(t, before, names(t, f), "a refusal changes nothing")
	})
}

// names lists every row as "id@version".
func names(t *testing.T, f *fixture) []string {
	t.Helper()

	list, err := f.List(t.Context(), kind())
	require.NoError(t, err)

	found := []string{}
	for _, r := range list.Items {
		found = append(found, name(r))
	}

	return found
}

func TestAWatchRefusesWhatItCannotDo(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		events := make(chan state.Event)

		err := f.Watch(deadline(t), at("a"), events, state.WithStartFromBookmark([]byte("nonsense")))
		require.Error(t, err)
		assert.Equal(t, "bad bookmark", kindOf(err))
		assert.Equal(t, "invalid watch bookmark", textOf(err))

		err = f.WatchKind(deadline(t), kind(), events, state.WithKindStartFromBookmark([]byte{}))
		assert.Equal(t, "bad bookmark", kindOf(err))

		for _, options := range [][]state.WatchKindOption{
			{state.WithKindTailEvents(1), state.WithKindStartFromBookmark([]byte("x"))},
			{state.WithBootstrapContents(true), state.WithKindStartFromBookmark([]byte("x"))},
			{state.WithBootstrapContents(true), state.WithKindTailEvents(1)},
		} {
			err = f.WatchKind(deadline(t), kind(), events, options...)
			assert.Contains(t, []codes.Code{codes.Unknown, codes.InvalidArgument}, status.Code(err))
		}
	})
}
