package compat

import (
	"context"
	"testing"
	"time"

	"github.com/cosi-project/runtime/api/v1alpha1"
	"github.com/cosi-project/runtime/pkg/resource"
	"github.com/cosi-project/runtime/pkg/state"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func TestTeardownMarksARowOnce(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		ctx := deadline(t)
		events := f.watchKind(t)
		request := &v1alpha1.TeardownRequest{Namespace: namespace, Type: rowType, Id: "a"}

		f.create(t, row("a", "l", "1"))
		require.NoError(t, f.AddFinalizer(ctx, at("a"), "f"))

		for range 2 {
			reply, err := f.raw.Teardown(ctx, request)
			require.NoError(t, err, "the client calls this RPC if the server has it")
			assert.False(t, reply.DestroyReady)
		}

		stored := f.stored(t, "a")
		assert.Equal(t, "3 tearingDown", stored.Metadata.Version+" "+stored.Metadata.Phase)
		assert.Equal(t, map[string]string{"l": "1"}, stored.Metadata.Labels)
		requireSame(t, wire("a").Spec, stored.Spec)

		require.NoError(t, f.RemoveFinalizer(ctx, at("a"), "f"))

		reply, err := f.raw.Teardown(ctx, request)
		require.NoError(t, err)
		assert.True(t, reply.DestroyReady)

		f.destroy(t, "a")
		told(t, events, "Created a@1", "Updated a@2 was a@1", "Updated a@3 was a@2", "Updated a@4 was a@3", "Destroyed a@4")
	})
}

func TestTeardownOfATornDownRowAsksForNoOwner(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		ctx := deadline(t)
		require.NoError(t, f.Create(ctx, row("a"), state.WithCreateOwner("me")))

		_, err := f.Teardown(ctx, at("a"))
		assert.Equal(t, ownerConflict, kindOf(err))

		ready, err := f.Teardown(ctx, at("a"), state.WithTeardownOwner("me"))
		require.NoError(t, err)
		assert.True(t, ready)

		ready, err = f.Teardown(ctx, at("a"))
		require.NoError(t, err)
		assert.True(t, ready)
	})
}

func TestDestroyAsksForNoPhase(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		f.create(t, row("running"), row("torn"))

		_, err := f.Teardown(deadline(t), at("torn"))
		require.NoError(t, err)
		f.destroy(t, "running")
		f.destroy(t, "torn")
		assert.Empty(t, f.ids(t))
	})
}

// teardownAndDestroy begins the call for the row "a", which must have a finalizer, and returns
// when the server has begun to wait for it.
func (f *fixture) teardownAndDestroy(ctx context.Context, t *testing.T) <-chan error {
	t.Helper()

	done := make(chan error, 1)

	go func() {
		_, err := f.raw.TeardownAndDestroy(ctx, &v1alpha1.TeardownAndDestroyRequest{
			Namespace: namespace, Type: rowType, Id: "a",
		})
		done <- err
	}()

	_, err := f.WatchFor(deadline(t), at("a"), state.WithPhases(resource.PhaseTearingDown))
	require.NoError(t, err)

	return done
}

// finished waits for a result.
func finished(t *testing.T, done <-chan error) error {
	t.Helper()

	select {
	case err := <-done:
		return err
	case <-time.After(patience):
		require.FailNow(t, "the call does not end")

		return nil
	}
}

func TestTeardownAndDestroyWaitsForTheFinalizers(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		ctx := deadline(t)
		f.create(t, row("a"))
		require.NoError(t, f.AddFinalizer(ctx, at("a"), "one", "two"))

		done := f.teardownAndDestroy(ctx, t)
		require.NoError(t, f.RemoveFinalizer(ctx, at("a"), "one"))
		assert.Equal(t, []string{"a"}, f.ids(t))
		assert.Empty(t, done)

		require.NoError(t, f.RemoveFinalizer(ctx, at("a"), "two"))
		require.NoError(t, finished(t, done))
		assert.Empty(t, f.ids(t))
	})
}

func TestTeardownAndDestroyOfARowWithoutFinalizersIsImmediate(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		events := f.watchKind(t)
		f.create(t, row("a"))
		require.NoError(t, f.TeardownAndDestroy(deadline(t), at("a")))
		told(t, events, "Created a@1", "Updated a@2 was a@1", "Destroyed a@2")
	})
}

func TestTeardownAndDestroyEndsWithItsCaller(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		f.create(t, row("a"))
		require.NoError(t, f.AddFinalizer(deadline(t), at("a"), "f"))

		ctx, cancel := context.WithCancel(deadline(t))
		done := f.teardownAndDestroy(ctx, t)
		cancel()
		assert.Equal(t, codes.Canceled, status.Code(finished(t, done)))

		ctx, cancel = context.WithTimeout(deadline(t), 50*time.Millisecond)
		defer cancel()
		assert.Equal(t, codes.DeadlineExceeded, status.Code(finished(t, f.teardownAndDestroy(ctx, t))))

		// The row lives on, also when its finalizer goes, because nobody waits for it any more.
		require.NoError(t, f.RemoveFinalizer(deadline(t), at("a"), "f"))
		f.touch(t, "a")
		assert.Equal(t, []string{"a"}, f.ids(t))
	})
}

func TestFinalizersKeepTheirOrderAndAreASet(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		ctx := deadline(t)
		f.create(t, row("a"))

		for _, finalizer := range []string{"z", "a", "m", "a"} {
			require.NoError(t, f.AddFinalizer(ctx, at("a"), finalizer))
		}

		assert.Equal(t, []string{"z", "a", "m"}, f.stored(t, "a").Metadata.Finalizers)
		require.NoError(t, f.RemoveFinalizer(ctx, at("a"), "a"))
		require.NoError(t, f.RemoveFinalizer(ctx, at("a"), "none"))
		assert.Equal(t, []string{"z", "m"}, f.stored(t, "a").Metadata.Finalizers)
	})
}

func TestATornDownRowCanRunAgain(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		ctx := deadline(t)
		f.create(t, row("a"))

		_, err := f.Teardown(ctx, at("a"))
		require.NoError(t, err)

		_, err = f.UpdateWithConflicts(ctx, at("a"), func(r resource.Resource) error {
			r.Metadata().SetPhase(resource.PhaseRunning)

			return nil
		}, state.WithExpectedPhase(resource.PhaseTearingDown))
		require.NoError(t, err)
		f.touch(t, "a")
		assert.Equal(t, "running", f.stored(t, "a").Metadata.Phase)
	})
}
