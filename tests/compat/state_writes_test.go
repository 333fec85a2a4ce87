package compat

import (
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/cosi-project/runtime/api/v1alpha1"
	"github.com/cosi-project/runtime/pkg/resource"
	"github.com/cosi-project/runtime/pkg/state"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

func TestCreateGivesVersionOneAndTheServersTime(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		sent := wire("a")
		sent.Metadata.Version = "41"
		sent.Metadata.Finalizers = []string{"b", "a", "b"}
		sent.Metadata.Phase = "tearingDown"
		sent.Metadata.Labels = map[string]string{"l": "", "": "empty key"}
		sent.Metadata.Annotations = map[string]string{"ü": "\n\x00"}

		before := time.Now()
		reply, err := f.raw.Create(deadline(t), &v1alpha1.CreateRequest{
			Resource: sent, Options: &v1alpha1.CreateOptions{Owner: "me"},
		})
		require.NoError(t, err)

		created := reply.Resource.Metadata.Created
		assert.WithinRange(t, created.AsTime(), before.Add(-time.Second), time.Now().Add(time.Second))

		expected := proto.Clone(sent).(*v1alpha1.Resource)
		expected.Metadata.Version = "1"
		expected.Metadata.Owner = "me"
		expected.Metadata.Created = created
		expected.Metadata.Finalizers = []string{"b", "a"}
		requireSame(t, expected, reply.Resource)
		requireSame(t, expected, f.stored(t, "a"))
	})
}

func TestCreateRefusesAnOwnerThatTheCallerIsNot(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		for _, caller := range []string{"", "other"} {
			r := row("a")
			require.NoError(t, r.Metadata().SetOwner("me"))

			err := f.Create(deadline(t), r, state.WithCreateOwner(caller))
			assert.Contains(t, []codes.Code{codes.Unknown, codes.InvalidArgument, codes.PermissionDenied}, status.Code(err))
		}

		r := row("a")
		require.NoError(t, r.Metadata().SetOwner("me"))
		require.NoError(t, f.Create(deadline(t), r, state.WithCreateOwner("me")))
	})
}

func TestUpdateKeepsTheCreationTimeAndReplacesTheRest(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		first := row("a", "old", "label")
		f.create(t, first)
		created := f.stored(t, "a").Metadata.Created

		sent := wire("a")
		sent.Metadata.Version = "1"
		sent.Metadata.Owner = "new"
		sent.Metadata.Phase = "tearingDown"
		sent.Metadata.Labels = map[string]string{"new": "label"}
		sent.Spec = &v1alpha1.Spec{ProtoSpec: []byte("new"), YamlSpec: "new"}

		before := time.Now()
		reply, err := f.raw.Update(deadline(t), &v1alpha1.UpdateRequest{
			NewResource: sent, Options: &v1alpha1.UpdateOptions{},
		})
		require.NoError(t, err)

		updated := reply.Resource.Metadata.Updated
		assert.WithinRange(t, updated.AsTime(), before.Add(-time.Second), time.Now().Add(time.Second))

		expected := proto.Clone(sent).(*v1alpha1.Resource)
		expected.Metadata.Version = "2"
		expected.Metadata.Created = created
		expected.Metadata.Updated = updated
		requireSame(t, expected, reply.Resource)
		requireSame(t, expected, f.stored(t, "a"))
	})
}

func TestAnUpdateThatChangesNothingIsANewVersion(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		r := row("a")
		f.create(t, r)
		require.NoError(t, f.Update(deadline(t), r))
		require.NoError(t, f.Update(deadline(t), r))
		assert.Equal(t, "a@3", name(r))
		assert.Equal(t, []string{"a@3"}, names(t, f))
	})
}

func TestARowCanBeMadeAgainAfterItWasDestroyed(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		f.create(t, row("a"))
		f.touch(t, "a")
		f.destroy(t, "a")
		f.create(t, row("a"))
		assert.Equal(t, []string{"a@1"}, names(t, f))
	})
}

func TestNoUpdateIsLostAmongSixteenWriters(t *testing.T) {
	const writers, each = 16, 25

	bothServers(t, func(t *testing.T, f *fixture) {
		f.create(t, row("a", "n", "0"))

		var group sync.WaitGroup
		for range writers {
			group.Go(func() {
				for range each {
					_, err := f.UpdateWithConflicts(t.Context(), at("a"), increment)
					assert.NoError(t, err)
				}
			})
		}
		group.Wait()

		stored := f.stored(t, "a").Metadata
		assert.Equal(t, strconv.Itoa(writers*each), stored.Labels["n"])
		assert.Equal(t, strconv.Itoa(writers*each+1), stored.Version)
	})
}

// increment adds one to the label n.
func increment(r resource.Resource) error {
	text, _ := r.Metadata().Labels().Get("n")
	n, err := strconv.Atoi(text)
	r.Metadata().Labels().Set("n", strconv.Itoa(n+1))

	return err
}

func TestNamespacesAndTypesAreApart(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		ctx := deadline(t)

		for _, md := range [][2]string{{"a/b", "c"}, {"a", "b/c"}, {"a", "b"}, {"", "b"}, {"a", ""}, {"", ""}} {
			r := wire("same")
			r.Metadata.Namespace, r.Metadata.Type = md[0], md[1]
			require.NoError(t, f.Create(ctx, known(r)), md)
		}

		list, err := f.List(ctx, resource.NewMetadata("a", "b/c", "", resource.VersionUndefined))
		require.NoError(t, err)
		require.Len(t, list.Items, 1)
		assert.Equal(t, "b/c(a/same)", resource.String(list.Items[0]))
	})
}

// stored gets a row as it goes over the wire.
func (f *fixture) stored(t *testing.T, id string) *v1alpha1.Resource {
	t.Helper()

	reply, err := f.raw.Get(t.Context(), &v1alpha1.GetRequest{
		Namespace: namespace, Type: rowType, Id: id, Options: &v1alpha1.GetOptions{},
	})
	require.NoError(t, err)

	return reply.Resource
}

// requireSame compares two messages.
func requireSame(t *testing.T, expected, actual proto.Message) {
	t.Helper()
	require.True(t, proto.Equal(expected, actual), "expected %v\nactual   %v", expected, actual)
}
