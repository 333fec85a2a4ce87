package compat

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/cosi-project/runtime/api/v1alpha1"
	"github.com/stretchr/testify/assert"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"ichor.dev/tests/compat/harness"
)

// maxDelay is how long a well-behaved client may wait for one answer while another misbehaves.
// It is long because the tests' own clients share two cores with the server.
const maxDelay = 2 * time.Second

// bystander is a second client that asks for a row of another kind, again and again.
type bystander struct {
	cancel context.CancelFunc
	group  sync.WaitGroup

	answers int
	longest time.Duration
	err     error
}

// watchOver starts a bystander.
func watchOver(t *testing.T, server *harness.Server) *bystander {
	t.Helper()

	ctx, cancel := context.WithCancel(t.Context())
	b := &bystander{cancel: cancel}
	raw := v1alpha1.NewStateClient(dial(t, server.Socket))

	t.Cleanup(cancel)
	b.group.Go(func() { b.ask(ctx, raw) })

	return b
}

// ask asks until the context ends or a request fails.
func (b *bystander) ask(ctx context.Context, raw v1alpha1.StateClient) {
	for {
		begin := time.Now()
		_, err := raw.Get(ctx, &v1alpha1.GetRequest{Namespace: "by", Type: "Stander", Id: "none"})

		if ctx.Err() != nil {
			return
		}

		if status.Code(err) != codes.NotFound {
			b.err = err

			return
		}

		b.answers++
		b.longest = max(b.longest, time.Since(begin))

		select {
		case <-ctx.Done():
			return
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// requireLively ends the bystander, which must have been answered promptly.
func (b *bystander) requireLively(t *testing.T) {
	t.Helper()
	b.cancel()
	b.group.Wait()
	t.Logf("bystander: %d answers, the slowest after %v", b.answers, b.longest.Round(time.Millisecond))
	assert.NoError(t, b.err)
	assert.Less(t, b.longest, maxDelay)
}
