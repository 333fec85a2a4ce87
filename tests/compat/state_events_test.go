package compat

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/cosi-project/runtime/pkg/state"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// next waits for one event.
func next(t *testing.T, events <-chan state.Event) state.Event {
	t.Helper()

	select {
	case event := <-events:
		return event
	case <-time.After(patience):
		require.FailNow(t, "no event came")

		return state.Event{}
	}
}

// told waits for as many events as are expected, and compares them. See tell.
func told(t *testing.T, events <-chan state.Event, expected ...string) {
	t.Helper()

	actual := []string{}
	for range expected {
		actual = append(actual, tell(next(t, events)))
	}

	assert.Equal(t, expected, actual)
}

// tell puts an event in words: what, which row, and after "was" the old one.
func tell(event state.Event) string {
	text := event.Type.String()

	if event.Resource != nil {
		text += " " + name(event.Resource)
	}

	if event.Old != nil {
		text += " was " + name(event.Old)
	}

	if event.Error != nil {
		text += fmt.Sprintf(" %q", event.Error)
	}

	return text
}

// watch opens a watch of one row until the test's end.
func (f *fixture) watch(t *testing.T, id string, options ...state.WatchOption) <-chan state.Event {
	t.Helper()

	events := make(chan state.Event)
	require.NoError(t, f.Watch(deadline(t), at(id), events, options...))

	return events
}

// watchKind opens a watch of all rows until the test's end.
func (f *fixture) watchKind(t *testing.T, options ...state.WatchKindOption) <-chan state.Event {
	t.Helper()

	events := make(chan state.Event)
	require.NoError(t, f.WatchKind(deadline(t), kind(), events, options...))

	return events
}

// watchBatches is an aggregated watch of all rows.
func (f *fixture) watchBatches(t *testing.T, options ...state.WatchKindOption) <-chan []state.Event {
	t.Helper()

	batches := make(chan []state.Event)
	require.NoError(t, f.WatchKindAggregated(deadline(t), kind(), batches, options...))

	return batches
}

// oneByOne takes the batches of an aggregated watch apart. A batch is never empty.
func oneByOne(t *testing.T, batches <-chan []state.Event) <-chan state.Event {
	t.Helper()

	events := make(chan state.Event)

	go func() {
		for {
			select {
			case batch := <-batches:
				assert.NotEmpty(t, batch)

				for _, event := range batch {
					select {
					case events <- event:
					case <-t.Context().Done():
						return
					}
				}
			case <-t.Context().Done():
				return
			}
		}
	}()

	return events
}

// bothWays runs a check with a plain and with an aggregated watch of all rows.
func bothWays(t *testing.T, f *fixture, check func(t *testing.T, open func(...state.WatchKindOption) <-chan state.Event)) {
	t.Helper()
	t.Run("one by one", func(t *testing.T) {
		check(t, func(options ...state.WatchKindOption) <-chan state.Event { return f.watchKind(t, options...) })
	})
	t.Run("aggregated", func(t *testing.T) {
		check(t, func(options ...state.WatchKindOption) <-chan state.Event {
			return oneByOne(t, f.watchBatches(t, options...))
		})
	})
}

// bootstrapped collects the ids that a watch begins with.
func (f *fixture) bootstrapped(t *testing.T, options ...state.WatchKindOption) []string {
	t.Helper()

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()

	events := make(chan state.Event)
	require.NoError(t, f.WatchKind(ctx, kind(), events, append(options, state.WithBootstrapContents(true))...))

	ids := []string{}

	for {
		event := next(t, events)
		if event.Type != state.Created {
			require.Equal(t, state.Bootstrapped, event.Type)

			return ids
		}

		ids = append(ids, event.Resource.Metadata().ID())
	}
}
