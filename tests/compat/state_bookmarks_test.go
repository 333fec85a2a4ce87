package compat

import (
	"slices"
	"testing"

	"github.com/cosi-project/runtime/api/v1alpha1"
	"github.com/cosi-project/runtime/pkg/resource"
	"github.com/cosi-project/runtime/pkg/state"
	"github.com/cosi-project/runtime/pkg/state/protobuf/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"ichor.dev/tests/compat/harness"
)

func TestAWatchGoesOnAfterAnyBookmark(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		all := f.watchKind(t, state.WithBootstrapBookmark(true))
		f.create(t, row("a"))
		f.touch(t, "a")
		f.create(t, row("b"))

		expected := []string{"Created a@1", "Updated a@2 was a@1", "Created b@1"}

		bookmarks := []state.Bookmark{next(t, all).Bookmark}
		for range expected {
			bookmarks = append(bookmarks, next(t, all).Bookmark)
		}

		for i, bookmark := range bookmarks[:len(expected)] {
			told(t, f.watchKind(t, state.WithKindStartFromBookmark(bookmark)), expected[i:]...)
			told(t, oneByOne(t, f.watchBatches(t, state.WithKindStartFromBookmark(bookmark))), expected[i:]...)
		}

		told(t, f.watch(t, "a", state.WithStartFromBookmark(bookmarks[1])), "Updated a@2 was a@1")
		told(t, f.watchKind(t, state.WithKindStartFromBookmark(bookmarks[1]), idMatches("b")), "Created b@1")

		latest := f.watchKind(t, state.WithKindStartFromBookmark(bookmarks[3]))
		f.touch(t, "b")
		told(t, latest, "Updated b@2 was b@1")
	})
}

func TestABookmarkAfterTheContentsIsAPlaceToGoOn(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		empty := next(t, f.watchKind(t, state.WithBootstrapContents(true))).Bookmark

		f.create(t, row("a"))

		events := f.watchKind(t, state.WithBootstrapContents(true))
		told(t, events, "Created a@1")
		full := next(t, events).Bookmark

		f.create(t, row("b"))
		told(t, f.watchKind(t, state.WithKindStartFromBookmark(empty)), "Created a@1", "Created b@1")
		told(t, f.watchKind(t, state.WithKindStartFromBookmark(full)), "Created b@1")
	})
}

func TestABadBookmarkIsRefused(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		events := f.watchKind(t)
		f.create(t, row("a"))
		good := next(t, events).Bookmark

		flipped := slices.Clone(good)
		flipped[0] ^= 0xff

		future := slices.Clone(good)
		future[len(future)-2] ^= 0x7f

		for what, bookmark := range map[string]state.Bookmark{
			"empty":                {},
			"short":                good[:len(good)-1],
			"long":                 append(slices.Clone(good), 0),
			"a megabyte":           make([]byte, 1_000_000),
			"of nobody":            flipped,
			"of the future":        future,
			"of another server":    f.foreignBookmark(t),
			"of an earlier server": make([]byte, len(good)),
		} {
			err := f.WatchKind(deadline(t), kind(), make(chan state.Event), state.WithKindStartFromBookmark(bookmark))
			assert.Equal(t, "bad bookmark", kindOf(err), what)

			err = f.Watch(deadline(t), at("a"), make(chan state.Event), state.WithStartFromBookmark(bookmark))
			assert.Equal(t, "bad bookmark", kindOf(err), what)
		}
	})
}

// foreignBookmark is a good bookmark of another server of the same kind.
func (f *fixture) foreignBookmark(t *testing.T) state.Bookmark {
	t.Helper()

	other := v1alpha1.NewStateClient(dial(t, f.sibling(t).Socket))
	stream, err := other.Watch(deadline(t), &v1alpha1.WatchRequest{
		Namespace: namespace, Type: rowType, ApiVersion: 1, Options: &v1alpha1.WatchOptions{BootstrapContents: true},
	})
	require.NoError(t, err)
	_, err = stream.Recv()
	require.NoError(t, err)
	reply, err := stream.Recv()
	require.NoError(t, err)
	require.NotEmpty(t, reply.Event[0].Bookmark)

	return reply.Event[0].Bookmark
}

func TestABookmarkExpires(t *testing.T) {
	const safe = harness.HistoryCapacity - harness.HistoryGap - 1

	bothServers(t, func(t *testing.T, f *fixture) {
		events := f.watchKind(t)
		r := row("a")
		f.create(t, r)
		old := next(t, events).Bookmark

		for range 2 * harness.HistoryCapacity {
			require.NoError(t, f.Update(t.Context(), r))
			next(t, events)
		}

		err := f.WatchKind(deadline(t), kind(), make(chan state.Event), state.WithKindStartFromBookmark(old))
		assert.Equal(t, "bad bookmark", kindOf(err))

		require.NoError(t, f.Update(t.Context(), r))
		recent := next(t, events).Bookmark

		for range safe {
			require.NoError(t, f.Update(t.Context(), r))
		}

		event := next(t, f.watchKind(t, state.WithKindStartFromBookmark(recent)))
		assert.Equal(t, "Updated a@2051 was a@2050", tell(event))
	})
}

// throughProxy is the official client on a connection that can be cut.
func (f *fixture) throughProxy(t *testing.T, options ...client.AdapterOption) (*harness.Proxy, state.State) {
	t.Helper()

	proxy, err := harness.NewProxy(f.server.Socket)
	require.NoError(t, err)
	t.Cleanup(proxy.Close)

	return proxy, state.WrapCore(client.NewAdapter(v1alpha1.NewStateClient(dial(t, proxy.Socket)), options...))
}

func TestAWatchSurvivesACutConnection(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		proxy, distant := f.throughProxy(t)

		f.create(t, row("a"))

		contents, batches := make(chan state.Event), make(chan []state.Event)
		require.NoError(t, distant.WatchKind(deadline(t), kind(), contents, state.WithBootstrapContents(true)))
		require.NoError(t, distant.WatchKindAggregated(deadline(t), kind(), batches,
			state.WithBootstrapBookmark(true), idMatches("a")))

		each := oneByOne(t, batches)

		told(t, contents, "Created a@1", "Bootstrapped @undefined")
		told(t, each, "Noop @undefined")

		one := make(chan state.Event)
		require.NoError(t, distant.Watch(deadline(t), at("a"), one))
		told(t, one, "Created a@1")
		f.touch(t, "a")
		told(t, one, "Updated a@2 was a@1") // from now on it has a bookmark

		for range 3 {
			proxy.Cut(f.server.Socket)
			f.create(t, row("b"))
			f.destroy(t, "b")
		}

		f.touch(t, "a")

		told(t, contents, "Updated a@2 was a@1",
			"Created b@1", "Destroyed b@1", "Created b@1", "Destroyed b@1", "Created b@1", "Destroyed b@1",
			"Updated a@3 was a@2")
		told(t, each, "Updated a@2 was a@1", "Updated a@3 was a@2")
		told(t, one, "Updated a@3 was a@2")
	})
}

func TestAWatchWithoutBookmarkEndsWithItsConnection(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		proxy, distant := f.throughProxy(t)
		f.create(t, row("a"))

		events := make(chan state.Event)
		require.NoError(t, distant.Watch(deadline(t), at("a"), events))
		told(t, events, "Created a@1")
		proxy.Cut(f.server.Socket)
		assert.Equal(t, state.Errored, next(t, events).Type)
	})
}

func TestAWatchEndsWhenItsServerWasReplaced(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		proxy, distant := f.throughProxy(t)

		events := make(chan state.Event)
		require.NoError(t, distant.WatchKind(deadline(t), kind(), events, state.WithBootstrapContents(true)))
		told(t, events, "Bootstrapped @undefined")

		proxy.Cut(f.sibling(t).Socket)

		last := next(t, events)
		assert.Equal(t, state.Errored, last.Type)
		assert.Equal(t, "bad bookmark", kindOf(last.Error))
	})
}

// Every reply of a watch by kind that can be resumed from must say where.
func TestEveryEventAfterTheContentsHasABookmark(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		stream := f.rawWatch(t, &v1alpha1.WatchRequest{Options: &v1alpha1.WatchOptions{
			LabelQuery: []*v1alpha1.LabelQuery{{Terms: []*v1alpha1.LabelTerm{{Key: "on"}}}},
		}})
		_, err := stream.Recv()
		require.NoError(t, err)

		f.create(t, row("a", "on", ""), row("b"))
		f.label(t, "b", "on", "")
		f.edit(t, "a", func(md *resource.Metadata) { md.Labels().Delete("on") })
		f.destroy(t, "b")

		seen := map[string]bool{}

		for range 4 {
			reply, err := stream.Recv()
			require.NoError(t, err)

			for _, event := range reply.Event {
				require.NotEmpty(t, event.Bookmark, event)
				seen[string(event.Bookmark)] = true
				assert.Nil(t, event.Error)
			}
		}

		assert.Len(t, seen, 4, "bookmarks differ")
		assert.True(t, proto.Equal(&v1alpha1.Spec{ProtoSpec: []byte("\x0a\x01x"), YamlSpec: "x: 1\n"}, f.stored(t, "a").Spec))
	})
}
