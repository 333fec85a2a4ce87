package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cosi-project/runtime/api/v1alpha1"
	"github.com/cosi-project/runtime/pkg/state"
	"github.com/cosi-project/runtime/pkg/state/protobuf/client"

	"ichor.dev/tests/compat/harness"
)

// bench runs the measurements and keeps their samples.
type bench struct {
	servers  []harness.Implementation
	rounds   int
	duration time.Duration
	samples  map[key][]float64
}

// key names the samples of one row of the report and one server.
type key struct{ row, server string }

// add keeps a sample.
func (b *bench) add(row string, server *harness.Server, value float64) {
	k := key{row, server.Name}
	b.samples[k] = append(b.samples[k], value)
}

// rates takes all measurements of rates in turn, each on a fresh server. The servers alternate,
// and so does who begins, so that a disturbance from outside does not meet one server alone.
func (b *bench) rates(ctx context.Context) error {
	for round := range b.rounds {
		order := slices.Clone(b.servers)
		if round%2 == 1 {
			slices.Reverse(order)
		}

		for _, m := range measurements {
			for _, implementation := range order {
				err := b.onFreshServer(implementation, func(server *harness.Server, st state.State) error {
					return b.rate(ctx, m, server, st)
				})
				if err != nil {
					return fmt.Errorf("%s: %w", m.name, err)
				}
			}
		}
	}

	return nil
}

// onFreshServer starts a server and connects the official client to it, for one measurement.
func (b *bench) onFreshServer(implementation harness.Implementation, measure func(*harness.Server, state.State) error) error {
	server, err := harness.Start(implementation)
	if err != nil {
		return err
	}

	connection, err := server.Dial()
	if err == nil {
		err = measure(server, state.WrapCore(client.NewAdapter(v1alpha1.NewStateClient(connection))))
		connection.Close()
	}

	if stopErr := server.Stop(); stopErr != nil {
		return stopErr // it explains err
	}

	return err
}

// rate counts the operations that the workers complete in the given time, after a short warm-up.
func (b *bench) rate(ctx context.Context, m measurement, server *harness.Server, st state.State) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	operate, err := m.prepare(ctx, st)
	if err != nil {
		return err
	}

	if _, _, err = m.repeat(ctx, operate, b.duration/10); err != nil {
		return err
	}

	before, err := server.CPUTime()
	if err != nil {
		return err
	}

	count, elapsed, err := m.repeat(ctx, operate, b.duration)
	if err != nil {
		return err
	}

	after, err := server.CPUTime()
	if err != nil {
		return err
	}

	b.add(m.name, server, float64(count)/elapsed.Seconds())
	b.add(m.name+cpuSuffix, server, float64((after-before).Microseconds())/float64(count))

	return nil
}

// repeat lets all workers operate for some time, and says how often they did in how long.
func (m measurement) repeat(ctx context.Context, operate operation, duration time.Duration) (int64, time.Duration, error) {
	var (
		group   sync.WaitGroup
		count   atomic.Int64
		failure atomic.Pointer[error]
	)

	begin := time.Now()

	for worker := range m.workers {
		group.Go(func() {
			for time.Since(begin) < duration && failure.Load() == nil {
				if err := operate(ctx, worker); err != nil {
					failure.Store(&err)

					return
				}

				count.Add(1)
			}
		})
	}

	group.Wait()

	if err := failure.Load(); err != nil {
		return 0, 0, *err
	}

	return count.Load(), time.Since(begin), nil
}
