package compat

import (
	"bytes"
	"crypto/rand"
	"io"
	"strings"
	"testing"

	"github.com/cosi-project/runtime/api/v1alpha1"
	"github.com/cosi-project/runtime/pkg/state"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// everySpec holds specs that a server may be tempted to understand, by name.
func everySpec() map[string]*v1alpha1.Spec {
	noise := make([]byte, 100_000)
	rand.Read(noise) //nolint:errcheck // never fails

	return map[string]*v1alpha1.Spec{
		"empty":         {},
		"proto-only":    {ProtoSpec: []byte{8, 1}},
		"yaml-only":     {YamlSpec: "a: 1\n"},
		"noise":         {ProtoSpec: noise, YamlSpec: "not: [yaml\n\t"},
		"zeros":         {ProtoSpec: make([]byte, 1000), YamlSpec: strings.Repeat("\x00", 1000)},
		"odd-yaml":      {ProtoSpec: []byte("\xff"), YamlSpec: "\ufeff# note\r\nb: 1 # keep\nb:  2\n---\n\U0001f980"},
		"non-canonical": {ProtoSpec: []byte{8, 0x81, 0x80, 0}, YamlSpec: " "},
	}
}

func TestSpecsAreCarriedByteForByte(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		ctx := deadline(t)
		events := make(chan state.Event)
		require.NoError(t, f.WatchKind(ctx, kind(), events))

		specs := everySpec()
		for id, spec := range specs {
			w := wire(id)
			w.Spec = spec
			f.create(t, known(w))

			requireSame(t, spec, f.stored(t, id).Spec)
			requireSame(t, spec, onWire(t, next(t, events).Resource).Spec)

			f.touch(t, id)
			event := next(t, events)
			requireSame(t, spec, onWire(t, event.Resource).Spec)
			requireSame(t, spec, onWire(t, event.Old).Spec)
		}

		list, err := f.List(ctx, kind())
		require.NoError(t, err)
		require.Len(t, list.Items, len(specs))

		for _, r := range list.Items {
			requireSame(t, specs[r.Metadata().ID()], onWire(t, r).Spec)
		}

		f.destroy(t, "noise")
		requireSame(t, specs["noise"], onWire(t, next(t, events).Resource).Spec)
	})
}

// An unset spec must come back as a Spec message that is present, and without any field: the
// conformance suite's type refuses a proto_spec that is present and empty.
func TestAnUnsetSpecIsPresentAndHasNoFields(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		w := wire("a")
		w.Spec = &v1alpha1.Spec{}
		f.create(t, known(w))

		stored := f.stored(t, "a")
		require.NotNil(t, stored.Spec)
		assert.Empty(t, stored.Spec.ProtoReflect().GetUnknown())

		bytes, err := proto.Marshal(stored.Spec)
		require.NoError(t, err)
		assert.Empty(t, bytes)
	})
}

func TestTheClientMayAskForUndecodedRows(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		f.create(t, row("a"))

		r, err := f.Get(deadline(t), at("a"), state.WithGetUnmarshalOptions(state.WithSkipProtobufUnmarshal()))
		require.NoError(t, err)
		assert.Equal(t, "x: 1\n", onWire(t, r).Spec.YamlSpec)
	})
}

func TestIdsAreAnyText(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		ids := []string{"", " ", "/", "..", "a/b", "a\x00b", "\u00e9", "e\u0301", "日本", strings.Repeat("long", 10_000)}
		for _, id := range ids {
			f.create(t, row(id))

			r, err := f.Get(deadline(t), at(id))
			require.NoError(t, err)
			assert.Equal(t, id, r.Metadata().ID())
		}

		assert.ElementsMatch(t, ids, f.ids(t))
	})
}

// Fields that a later version of the API may add must not harm.
func TestUnknownFieldsOfARequestAreIgnored(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		request := &v1alpha1.CreateRequest{Resource: wire("a")}
		extra := protowire.AppendTag(nil, 1000, protowire.BytesType)
		extra = protowire.AppendBytes(extra, []byte("later"))
		request.ProtoReflect().SetUnknown(extra)
		request.Resource.ProtoReflect().SetUnknown(extra)
		request.Resource.Metadata.ProtoReflect().SetUnknown(extra)

		_, err := f.raw.Create(deadline(t), request)
		require.NoError(t, err)
		assert.Equal(t, []string{"a@1"}, names(t, f))
	})
}

func TestASpecOfTwentyMegabytesIsKept(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		w := wire("big")
		w.Spec.ProtoSpec = bytes.Repeat([]byte("0123456789abcdef"), 20<<20/16)
		f.create(t, known(w))
		assert.True(t, bytes.Equal(w.Spec.ProtoSpec, f.stored(t, "big").Spec.ProtoSpec))

		stream, err := f.raw.List(deadline(t), &v1alpha1.ListRequest{Namespace: namespace, Type: rowType})
		require.NoError(t, err)

		listed, err := stream.Recv()
		require.NoError(t, err)
		assert.True(t, bytes.Equal(w.Spec.ProtoSpec, listed.Resource.Spec.ProtoSpec))

		_, err = stream.Recv()
		assert.ErrorIs(t, err, io.EOF)
	})
}
