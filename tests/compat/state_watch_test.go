package compat

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/cosi-project/runtime/api/v1alpha1"
	"github.com/cosi-project/runtime/pkg/resource"
	"github.com/cosi-project/runtime/pkg/state"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"ichor.dev/tests/compat/harness"
)

func TestAWatchOfARowBeginsWithWhatIs(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		f.create(t, row("b"))
		f.touch(t, "b")

		first := next(t, f.watch(t, "b"))
		assert.Equal(t, "Created b@2", tell(first))
		assert.Nil(t, first.Bookmark)

		first = next(t, f.watch(t, "none"))
		assert.Equal(t, "Destroyed none@undefined", tell(first))
		assert.Nil(t, first.Bookmark)

		tombstone := onWire(t, first.Resource)
		assert.Equal(t, namespace+" "+rowType+" running", fmt.Sprint(
			tombstone.Metadata.Namespace, " ", tombstone.Metadata.Type, " ", tombstone.Metadata.Phase))
		assert.True(t, proto.Equal(&v1alpha1.Spec{}, tombstone.Spec))
	})
}

func TestAWatchOfARowSeesOnlyThatRow(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		events := f.watch(t, "b")

		f.create(t, row("a"), row("b"), row("bb"))
		f.touch(t, "a")
		f.touch(t, "b")
		f.destroy(t, "a")
		f.destroy(t, "b")
		f.create(t, row("b"))

		told(t, events, "Destroyed b@undefined",
			"Created b@1", "Updated b@2 was b@1", "Destroyed b@2", "Created b@1")
	})
}

func TestAWatchOfARowCanBeginWithItsLastEvents(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		f.create(t, row("a"))

		for range 3 {
			f.touch(t, "a")
		}

		f.create(t, row("b"))

		told(t, f.watch(t, "a", state.WithTailEvents(2)), "Updated a@3 was a@2", "Updated a@4 was a@3")
		told(t, f.watch(t, "b", state.WithTailEvents(100)), "Created b@1")

		events := f.watch(t, "none", state.WithTailEvents(2))
		f.create(t, row("none"))
		told(t, events, "Created none@1")
	})
}

func TestAWatchOfAKindSeesWhatHappensFromNow(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		f.create(t, row("past"))

		events := f.watchKind(t)
		batches := oneByOne(t, f.watchBatches(t))

		f.create(t, row("a"))
		f.touch(t, "a")
		f.destroy(t, "past")
		f.destroy(t, "a")

		for _, way := range []<-chan state.Event{events, batches} {
			told(t, way, "Created a@1", "Updated a@2 was a@1", "Destroyed past@1", "Destroyed a@2")
		}
	})
}

func TestAWatchSeesNoOtherKind(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		events := f.watchKind(t)

		for _, other := range []*v1alpha1.Metadata{{Namespace: "other", Type: rowType}, {Namespace: namespace, Type: "Other"}} {
			w := wire("x")
			w.Metadata.Namespace, w.Metadata.Type = other.Namespace, other.Type
			f.create(t, known(w))
		}

		f.create(t, row("a"))
		told(t, events, "Created a@1")
	})
}

func TestAWatchOfAKindCanBeginWithItsContents(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		f.create(t, row("b"), row("c"), row("a"))
		f.touch(t, "b")

		bothWays(t, f, func(t *testing.T, open func(...state.WatchKindOption) <-chan state.Event) {
			events := open(state.WithBootstrapContents(true))

			for _, id := range []string{"a@1", "b@", "c@1"} {
				event := next(t, events)
				assert.Contains(t, tell(event), "Created "+id)
				assert.Nil(t, event.Bookmark)
			}

			mark := next(t, events)
			assert.Equal(t, "Bootstrapped @undefined", tell(mark))
			assert.Equal(t, namespace+" "+rowType, mark.Resource.Metadata().Namespace()+" "+mark.Resource.Metadata().Type())
			assert.NotNil(t, mark.Bookmark)

			f.touch(t, "b")

			event := next(t, events)
			assert.Equal(t, state.Updated, event.Type)
			assert.NotNil(t, event.Bookmark)
		})
	})
}

func TestAWatchOfAKindCanBeginWithABookmark(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		bothWays(t, f, func(t *testing.T, open func(...state.WatchKindOption) <-chan state.Event) {
			mark := next(t, open(state.WithBootstrapBookmark(true)))
			assert.Equal(t, "Noop @undefined", tell(mark))
			assert.NotNil(t, mark.Bookmark)

			told(t, open(state.WithBootstrapBookmark(true), state.WithBootstrapContents(true)),
				"Bootstrapped @undefined", "Noop @undefined")
		})
	})
}

// The last events are counted before the filter.
func TestAWatchOfAKindCanBeginWithItsLastEvents(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		f.create(t, row("a"), row("b"))
		f.touch(t, "b")
		f.destroy(t, "a")

		bothWays(t, f, func(t *testing.T, open func(...state.WatchKindOption) <-chan state.Event) {
			told(t, open(state.WithKindTailEvents(2)), "Updated b@2 was b@1", "Destroyed a@1")
			told(t, open(state.WithKindTailEvents(3)), "Created b@1", "Updated b@2 was b@1", "Destroyed a@1")
			told(t, open(state.WithKindTailEvents(3), idMatches("^a$")), "Destroyed a@1")
		})
	})
}

func TestHistoryIsAThousandEvents(t *testing.T) {
	const touches = harness.HistoryCapacity + 200

	bothServers(t, func(t *testing.T, f *fixture) {
		r := row("a")
		f.create(t, r)

		for range touches {
			require.NoError(t, f.Update(t.Context(), r))
		}

		const last = touches + 1
		for _, tail := range []int{1, 1000, 100_000} {
			kept := min(tail, harness.HistoryCapacity-harness.HistoryGap)
			expected := fmt.Sprintf("Updated a@%d was a@%d", last-kept+1, last-kept)
			told(t, f.watchKind(t, state.WithKindTailEvents(tail)), expected)
			told(t, f.watch(t, "a", state.WithTailEvents(tail)), expected)
		}
	})
}

func TestAFilteredWatchSeesRowsEnterAndLeave(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		bothWays(t, f, func(t *testing.T, open func(...state.WatchKindOption) <-chan state.Event) {
			events := open(
				state.WatchWithLabelQuery(resource.LabelEqual("on", "yes")),
				state.WatchWithLabelQuery(resource.LabelEqual("on", "sure")))

			f.create(t, row("a"), row("b", "on", "yes"))
			f.touch(t, "a")
			f.label(t, "a", "on", "yes")
			f.label(t, "a", "on", "sure")
			f.label(t, "a", "on", "no")
			f.label(t, "a", "on", "never")
			f.destroy(t, "a")
			f.destroy(t, "b")

			told(t, events, "Created b@1", "Created a@3", "Updated a@4 was a@3")

			left := next(t, events)
			assert.Equal(t, "Destroyed a@5", tell(left))
			assert.Equal(t, map[string]string{"on": "no"}, left.Resource.Metadata().Labels().Raw())
			assert.NotNil(t, left.Bookmark)

			told(t, events, "Destroyed b@1")
		})
	})
}

func TestAWatchFiltersIds(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		bothWays(t, f, func(t *testing.T, open func(...state.WatchKindOption) <-chan state.Event) {
			events := open(idMatches("^b"), state.WatchWithLabelQuery(resource.LabelExists("on")))

			f.create(t, row("a", "on", ""), row("b"), row("b1", "on", ""))
			f.label(t, "b", "on", "")

			for _, id := range []string{"a", "b", "b1"} {
				f.destroy(t, id)
			}

			told(t, events, "Created b1@1", "Created b@2", "Destroyed b@2", "Destroyed b1@1")
		})
	})
}

func TestAllWatchesSeeTheSameOrder(t *testing.T) {
	const rows, rounds = 20, 10

	bothServers(t, func(t *testing.T, f *fixture) {
		ways := []<-chan state.Event{f.watchKind(t), f.watchKind(t), oneByOne(t, f.watchBatches(t))}

		for i := range rows {
			go func() {
				r := row(fmt.Sprint(i))
				assert.NoError(t, f.Create(t.Context(), r))

				for range rounds {
					assert.NoError(t, f.Update(t.Context(), r))
				}
			}()
		}

		for range rows * (rounds + 1) {
			first := tell(next(t, ways[0]))
			for _, way := range ways[1:] {
				require.Equal(t, first, tell(next(t, way)))
			}
		}
	})
}

func TestAWatchOfARowTakesNoContentsAndNoLabels(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		for text, options := range map[string]*v1alpha1.WatchOptions{
			"bootstrap contents is not implemented for resource watch": {BootstrapContents: true},
			"label query is not implemented for resource watch":        {LabelQuery: []*v1alpha1.LabelQuery{{}}},
		} {
			_, err := f.rawWatch(t, &v1alpha1.WatchRequest{Id: proto.String("a"), Options: options}).Recv()
			assert.Equal(t, codes.Unimplemented, status.Code(err))
			assert.Equal(t, text, status.Convert(err).Message())
		}
	})
}

// Clients before API version 1 know no Bootstrapped event.
func TestAnOldClientIsToldOnlyWhatItKnows(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		f.create(t, row("a"))

		stream := f.rawWatch(t, &v1alpha1.WatchRequest{Options: &v1alpha1.WatchOptions{BootstrapContents: true}})
		ready, err := stream.Recv()
		require.NoError(t, err)
		assert.Empty(t, ready.Event)

		f.create(t, row("b"))

		for _, id := range []string{"a", "b"} {
			reply, err := stream.Recv()
			require.NoError(t, err)
			require.Len(t, reply.Event, 1)
			assert.Equal(t, v1alpha1.EventType_CREATED, reply.Event[0].EventType)
			assert.Equal(t, id, reply.Event[0].Resource.Metadata.Id)
		}
	})
}

// rawWatch opens a watch of the rows with the given request until the test's end.
func (f *fixture) rawWatch(t *testing.T, request *v1alpha1.WatchRequest) v1alpha1.State_WatchClient {
	t.Helper()

	request.Namespace, request.Type = namespace, rowType
	stream, err := f.raw.Watch(deadline(t), request)
	require.NoError(t, err)

	return stream
}

// idMatches filters a watch by id.
func idMatches(pattern string) state.WatchKindOption {
	return state.WatchWithIDQuery(resource.IDRegexpMatch(regexp.MustCompile(pattern)))
}
