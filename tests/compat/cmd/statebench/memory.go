package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/cosi-project/runtime/pkg/state"

	"ichor.dev/tests/compat/harness"
)

const memoryRow = "memory per resource"

// memory measures once how much each server's resident memory grows with many resources.
func (b *bench) memory(ctx context.Context, rows int) error {
	for _, implementation := range b.servers {
		err := b.onFreshServer(implementation, func(server *harness.Server, st state.State) error {
			before, err := server.ResidentBytes()
			if err != nil {
				return err
			}

			if err = createConcurrently(ctx, st, int64(rows)); err != nil {
				return err
			}

			after, err := server.ResidentBytes()
			b.add(memoryRow, server, float64(after-before)/float64(rows))

			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", memoryRow, err)
		}
	}

	return nil
}

// createConcurrently stores many rows with all workers.
func createConcurrently(ctx context.Context, st state.State, rows int64) error {
	var (
		group   sync.WaitGroup
		last    atomic.Int64
		failure atomic.Pointer[error]
	)

	for range workers {
		group.Go(func() {
			for number := last.Add(1); number <= rows && failure.Load() == nil; number = last.Add(1) {
				if err := st.Create(ctx, row(number)); err != nil {
					failure.Store(&err)
				}
			}
		})
	}

	group.Wait()

	if err := failure.Load(); err != nil {
		return *err
	}

	return nil
}
