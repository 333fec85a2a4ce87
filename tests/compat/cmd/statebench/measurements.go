package main

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/cosi-project/runtime/api/v1alpha1"
	"github.com/cosi-project/runtime/pkg/resource/protobuf"
	"github.com/cosi-project/runtime/pkg/state"
)

const (
	namespace   = "bench"
	rowType     = "Rows.bench.ichor.dev"
	workers     = 16
	listedRows  = 1000
	watchers    = 100
	specBytes   = 100
	firstNumber = 1_000_000_000 // so that all ids have one length
)

// operation is one thing to count, done by one of several workers.
type operation func(ctx context.Context, worker int) error

// measurement is a rate to measure.
type measurement struct {
	name    string
	workers int
	// prepare fills the empty state and returns what to count.
	prepare func(context.Context, state.State) (operation, error)
}

var measurements = []measurement{
	{"get, 16 workers", workers, prepareGet},
	{"create, 16 workers", workers, prepareCreate},
	{"list of 1,000 resources", 1, prepareList},
	{"update seen by 100 watches", 1, prepareUpdate},
}

// row makes a small resource of a type that the server does not know: metadata, and a spec of 100
// bytes.
func row(number int64) *protobuf.Resource {
	r, err := protobuf.Unmarshal(&v1alpha1.Resource{
		Metadata: &v1alpha1.Metadata{
			Namespace: namespace, Type: rowType, Id: fmt.Sprintf("row-%d", firstNumber+number),
			Version: "undefined", Phase: "running",
		},
		Spec: &v1alpha1.Spec{ProtoSpec: make([]byte, specBytes)},
	})
	if err != nil {
		panic(err) // the row above is well-formed
	}

	return r
}

// createRows stores rows 0 to n-1.
func createRows(ctx context.Context, st state.State, n int64) error {
	for i := range n {
		if err := st.Create(ctx, row(i)); err != nil {
			return err
		}
	}

	return nil
}

func prepareGet(ctx context.Context, st state.State) (operation, error) {
	get := func(ctx context.Context, worker int) error {
		_, err := st.Get(ctx, row(int64(worker)).Metadata())

		return err
	}

	return get, createRows(ctx, st, workers)
}

func prepareCreate(_ context.Context, st state.State) (operation, error) {
	var last atomic.Int64

	return func(ctx context.Context, _ int) error { return st.Create(ctx, row(last.Add(1))) }, nil
}

func prepareList(ctx context.Context, st state.State) (operation, error) {
	list := func(ctx context.Context, _ int) error {
		found, err := st.List(ctx, row(0).Metadata())
		if err == nil && len(found.Items) != listedRows {
			err = fmt.Errorf("%d resources are listed instead of %d", len(found.Items), listedRows)
		}

		return err
	}

	return list, createRows(ctx, st, listedRows)
}

// prepareUpdate opens the watches. One operation is an update, and the wait until all saw it.
func prepareUpdate(ctx context.Context, st state.State) (operation, error) {
	r := row(0)
	seen := make(chan error, watchers)

	for range watchers {
		events := make(chan state.Event)
		if err := st.WatchKind(ctx, r.Metadata(), events); err != nil {
			return nil, err
		}

		go tellSeen(ctx, events, seen)
	}

	update := func(ctx context.Context, _ int) error {
		if err := st.Update(ctx, r); err != nil {
			return err
		}

		return await(ctx, seen)
	}

	if err := st.Create(ctx, r); err != nil {
		return nil, err
	}

	return update, await(ctx, seen)
}

// tellSeen passes on that an event came.
func tellSeen(ctx context.Context, events <-chan state.Event, seen chan<- error) {
	for {
		select {
		case event := <-events:
			select {
			case seen <- event.Error:
			case <-ctx.Done():
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// await waits for one event of each watch.
func await(ctx context.Context, seen <-chan error) error {
	for range watchers {
		select {
		case err := <-seen:
			if err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}

	return nil
}
