package compat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/cosi-project/runtime/api/v1alpha1"
	"github.com/cosi-project/runtime/pkg/state"
	"github.com/cosi-project/runtime/pkg/state/protobuf/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func TestTenThousandWatchesOfOneClient(t *testing.T) {
	const watches = 10_000

	if testing.Short() {
		t.Skip("heavy")
	}

	bothServers(t, func(t *testing.T, f *fixture) {
		crowd := v1alpha1.NewStateClient(dial(t, f.server.Socket))
		ctx, cancel := context.WithCancel(deadline(t))

		f.create(t, row("a"))

		bystander := watchOver(t, f.server)
		open := openWatches(ctx, t, crowd, watches)
		t.Logf("%d of %d watches were opened", len(open), watches)
		f.requireSmall(t)

		f.touch(t, "a")

		for _, stream := range open {
			reply, err := stream.Recv()
			require.NoError(t, err)
			require.Equal(t, "2", reply.Event[0].Resource.Metadata.Version)
		}

		f.requireSmall(t)
		cancel() // all watches end at once
		f.touch(t, "a")
		bystander.requireLively(t)

		// The server has room for new ones.
		assert.Len(t, openWatches(deadline(t), t, f.raw, 100), 100)
	})
}

// openWatches opens watches until the server refuses one.
func openWatches(ctx context.Context, t *testing.T, raw v1alpha1.StateClient, n int) []v1alpha1.State_WatchClient {
	t.Helper()

	var open []v1alpha1.State_WatchClient

	for range n {
		stream, err := raw.Watch(ctx, &v1alpha1.WatchRequest{Namespace: namespace, Type: rowType, ApiVersion: 1})
		require.NoError(t, err)

		if _, err = stream.Recv(); err != nil {
			require.Equal(t, codes.ResourceExhausted, status.Code(err), err)

			break
		}

		open = append(open, stream)
	}

	return open
}

// A server that keeps for the slow client what it has not read would hold 600 MB or more.
func TestAClientThatDoesNotReadHarmsNobody(t *testing.T) {
	const (
		updates = 50_000
		writers = 8
	)

	if testing.Short() {
		t.Skip("heavy")
	}

	bothServers(t, func(t *testing.T, f *fixture) {
		idle := v1alpha1.NewStateClient(dial(t, f.server.Socket))

		var streams []v1alpha1.State_WatchClient
		for range 10 {
			streams = append(streams, openWatches(deadline(t), t, idle, 1)...)
		}

		bystander := watchOver(t, f.server)
		begin := time.Now()
		peak := f.writeMuch(t, updates, writers)
		t.Logf("%.0f updates per second", updates/time.Since(begin).Seconds())
		bystander.requireLively(t)
		t.Logf("peak of resident memory %d MiB", peak>>20)

		if f.server.Name == "ours" {
			assert.Less(t, peak, int64(maxResidentBytes))
		}

		for _, stream := range streams {
			t.Log(catchUp(t, stream, writers, updates/writers))
		}
	})
}

// writeMuch updates one row of 12 KiB per writer, and returns the most memory the server held.
func (f *fixture) writeMuch(t *testing.T, updates, writers int) (peak int64) {
	t.Helper()

	var group sync.WaitGroup

	for writer := range writers {
		st := state.WrapCore(client.NewAdapter(v1alpha1.NewStateClient(dial(t, f.server.Socket))))
		w := wire(fmt.Sprint(writer))
		w.Spec.ProtoSpec = make([]byte, 12<<10)
		r := known(w)
		require.NoError(t, st.Create(t.Context(), r))

		group.Go(func() {
			for range updates / writers {
				if !assert.NoError(t, st.Update(t.Context(), r)) {
					return
				}
			}
		})
	}

	done := make(chan struct{})
	go func() { group.Wait(); close(done) }()

	for {
		resident, err := f.server.ResidentBytes()
		require.NoError(t, err)

		peak = max(peak, resident)

		select {
		case <-done:
			return peak
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// catchUp reads a watch that was not read for long. It must deliver every event in order to the
// end, or say that it cannot: with an ERRORED event, or by its status. What was delivered before
// must be without gaps, or the client would believe in rows that are no more.
func catchUp(t *testing.T, stream v1alpha1.State_WatchClient, rows, updates int) string {
	t.Helper()

	versions := map[string]int{}
	finished := 0

	for events := 0; ; {
		reply, err := stream.Recv()
		if err != nil {
			require.False(t, errors.Is(err, io.EOF), "a watch may not end as if all were told")

			return fmt.Sprintf("after %d events: %v", events, err)
		}

		for _, event := range reply.Event {
			if event.EventType == v1alpha1.EventType_ERRORED {
				return fmt.Sprintf("after %d events: ERRORED %s", events, event.GetError())
			}

			events++

			id := event.Resource.Metadata.Id
			versions[id]++
			require.Equal(t, fmt.Sprint(versions[id]), event.Resource.Metadata.Version)

			if versions[id] == updates+1 {
				finished++
			}
		}

		if finished == rows {
			return "caught up"
		}
	}
}
