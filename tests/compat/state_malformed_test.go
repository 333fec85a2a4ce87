package compat

import (
	"context"
	"strings"
	"testing"

	"github.com/cosi-project/runtime/api/v1alpha1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// maxResidentBytes is how much memory our server may hold, whatever a client sends.
const maxResidentBytes = 400 << 20

// badResources are rows that no server may store. The official server answers all of them with
// UNKNOWN; INVALID_ARGUMENT is as good in a Create, while in an Update the client would take it
// for a phase conflict.
var badResources = map[string]func() *v1alpha1.Resource{
	"nothing":             func() *v1alpha1.Resource { return nil },
	"no metadata":         func() *v1alpha1.Resource { return &v1alpha1.Resource{Spec: &v1alpha1.Spec{}} },
	"no spec":             func() *v1alpha1.Resource { r := wire("a"); r.Spec = nil; return r },
	"version abc":         badMetadata(func(md *v1alpha1.Metadata) { md.Version = "abc" }),
	"no version":          badMetadata(func(md *v1alpha1.Metadata) { md.Version = "" }),
	"version in words":    badMetadata(func(md *v1alpha1.Metadata) { md.Version = "1 " }),
	"version too large":   badMetadata(func(md *v1alpha1.Metadata) { md.Version = "9223372036854775808" }),
	"version a megabyte":  badMetadata(func(md *v1alpha1.Metadata) { md.Version = strings.Repeat("1", 1_000_000) }),
	"phase x":             badMetadata(func(md *v1alpha1.Metadata) { md.Phase = "x" }),
	"no phase":            badMetadata(func(md *v1alpha1.Metadata) { md.Phase = "" }),
	"phase in upper case": badMetadata(func(md *v1alpha1.Metadata) { md.Phase = "Running" }),
}

// badMetadata makes a row that is good but for one thing.
func badMetadata(spoil func(*v1alpha1.Metadata)) func() *v1alpha1.Resource {
	return func() *v1alpha1.Resource {
		r := wire("a")
		spoil(r.Metadata)

		return r
	}
}

func TestAMalformedRowIsNotStored(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		f.create(t, row("a"))

		for what, bad := range badResources {
			t.Run(what, func(t *testing.T) {
				_, err := f.raw.Create(deadline(t), &v1alpha1.CreateRequest{Resource: bad()})
				assert.Contains(t, []codes.Code{codes.Unknown, codes.InvalidArgument}, status.Code(err), err)

				_, err = f.raw.Update(deadline(t), &v1alpha1.UpdateRequest{
					NewResource: bad(), Options: &v1alpha1.UpdateOptions{},
				})
				assert.Equal(t, codes.Unknown, status.Code(err), err)
			})
		}

		_, err := f.raw.Update(deadline(t), &v1alpha1.UpdateRequest{
			NewResource: badMetadata(func(md *v1alpha1.Metadata) { md.Version = "1" })(),
			Options:     &v1alpha1.UpdateOptions{ExpectedPhase: proto.String("x")},
		})
		assert.Equal(t, codes.Unknown, status.Code(err), err)
		assert.Equal(t, []string{"a@1"}, names(t, f))
	})
}

// The official server dies of these.
func TestRequestsThatLackAPartAreAnswered(t *testing.T) {
	oursOnly(t, func(t *testing.T, f *fixture) {
		f.create(t, row("a", "l", "1"))

		for _, op := range []v1alpha1.LabelTerm_Operation{
			v1alpha1.LabelTerm_EQUAL, v1alpha1.LabelTerm_LT, v1alpha1.LabelTerm_LTE,
			v1alpha1.LabelTerm_LT_NUMERIC, v1alpha1.LabelTerm_LTE_NUMERIC,
		} {
			_, err := f.rawIDs(t, &v1alpha1.LabelTerm{Key: "l", Op: op})
			assert.Equal(t, codes.InvalidArgument, status.Code(err), op)
		}

		changed := wire("a")
		changed.Metadata.Version = "1"
		_, err := f.raw.Update(deadline(t), &v1alpha1.UpdateRequest{NewResource: changed})
		require.NoError(t, err)
		assert.Equal(t, []string{"a@2"}, names(t, f))
	})
}

func TestAbsentOptionsAreDefaults(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		ctx := deadline(t)
		key := &v1alpha1.GetRequest{Namespace: namespace, Type: rowType, Id: "a"}

		_, err := f.raw.Create(ctx, &v1alpha1.CreateRequest{Resource: wire("a")})
		require.NoError(t, err)
		_, err = f.raw.Get(ctx, key)
		require.NoError(t, err)

		watch := f.rawWatch(t, &v1alpha1.WatchRequest{})
		_, err = watch.Recv()
		require.NoError(t, err)

		_, err = f.raw.Teardown(ctx, &v1alpha1.TeardownRequest{Namespace: namespace, Type: rowType, Id: "a"})
		require.NoError(t, err)
		_, err = f.raw.Destroy(ctx, &v1alpha1.DestroyRequest{Namespace: namespace, Type: rowType, Id: "a"})
		require.NoError(t, err)
	})
}

func TestANegativeTailIsNone(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		f.create(t, row("a"))

		stream := f.rawWatch(t, &v1alpha1.WatchRequest{Options: &v1alpha1.WatchOptions{TailEvents: -5}})
		_, err := stream.Recv()
		require.NoError(t, err)
		f.touch(t, "a")

		reply, err := stream.Recv()
		require.NoError(t, err)
		assert.Equal(t, v1alpha1.EventType_UPDATED, reply.Event[0].EventType)
	})
}

// badPatterns are refused by Go's regexp: syntax errors, and repetitions that explode.
var badPatterns = map[string]string{
	"open group":         "(",
	"look ahead":         "(?=a)",
	"back reference":     `(a)\1`,
	"huge repetition":    "a{1001}",
	"nested repetition":  "((a{1,30}){1,30}){1,30}",
	"ten nested":         strings.Repeat("(", 10) + "a" + strings.Repeat("{1,9})", 10),
	"deep nesting":       strings.Repeat("(", 100_000) + strings.Repeat(")", 100_000),
	"deep alternatives":  strings.Repeat("(a|", 50_000) + strings.Repeat(")", 50_000),
	"bad range":          "[z-a]",
	"unknown class":      "[[:none:]]",
	"trailing backslash": `a\`,
}

func TestABadPatternIsRefused(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		f.create(t, row(strings.Repeat("a", 1000)))

		for what, pattern := range badPatterns {
			query := &v1alpha1.IDQuery{Regexp: pattern}

			list, err := f.raw.List(deadline(t), &v1alpha1.ListRequest{
				Namespace: namespace, Type: rowType, Options: &v1alpha1.ListOptions{IdQuery: query},
			})
			require.NoError(t, err)
			_, err = list.Recv()
			assert.Equal(t, codes.InvalidArgument, status.Code(err), what)

			_, err = f.rawWatch(t, &v1alpha1.WatchRequest{Options: &v1alpha1.WatchOptions{IdQuery: query}}).Recv()
			assert.Equal(t, codes.InvalidArgument, status.Code(err), what)
		}
	})
}

// slowPatterns take a backtracking matcher for ever, or its whole stack.
var slowPatterns = []string{`^(a+)+$`, `^(a|aa)*b$`, `(.*)*x`, `(a?){50}a{50}$`, `(x+x+)+y`, `(.|\n)*b$`}

func TestASlowPatternIsFast(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		f.create(t, row(strings.Repeat("a", 50_000)+"!"), row(strings.Repeat("x", 50_000)))

		for _, pattern := range slowPatterns {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			list, err := f.raw.List(ctx, &v1alpha1.ListRequest{
				Namespace: namespace, Type: rowType,
				Options: &v1alpha1.ListOptions{IdQuery: &v1alpha1.IDQuery{Regexp: pattern}},
			})
			require.NoError(t, err)
			f.drain(t, list, pattern)
			cancel()
		}
	})
}

// drain reads a list that may be refused, but not time out.
func (f *fixture) drain(t *testing.T, list grpc.ServerStreamingClient[v1alpha1.ListResponse], what string) {
	t.Helper()

	for {
		_, err := list.Recv()
		switch status.Code(err) {
		case codes.OK:
		case codes.Unknown: // the end
			return
		case codes.InvalidArgument, codes.ResourceExhausted:
			return
		default:
			require.FailNow(t, "a list ended badly", "%s: %v", what, err)
		}
	}
}

func TestAMessageBeyondTheLimitIsRefused(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		w := wire("a")
		w.Spec.ProtoSpec = make([]byte, 40<<20)

		for range 3 {
			_, err := f.raw.Create(deadline(t), &v1alpha1.CreateRequest{Resource: w})
			assert.Equal(t, codes.ResourceExhausted, status.Code(err))
		}

		assert.Empty(t, f.ids(t))
		f.requireSmall(t)
	})
}

func TestAMillionLabelTermsAreAnswered(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		for _, id := range []string{"a", "b", "c", "d", "e"} {
			f.create(t, row(id, "l", "1"))
		}

		terms := make([]*v1alpha1.LabelTerm, 1_000_000)
		for i := range terms {
			terms[i] = &v1alpha1.LabelTerm{Key: "l"}
		}

		bystander := watchOver(t, f.server)
		ids, err := f.rawIDs(t, terms...)
		bystander.requireLively(t)

		if err == nil {
			assert.Equal(t, []string{"a", "b", "c", "d", "e"}, ids)
		} else {
			assert.Contains(t, []codes.Code{codes.InvalidArgument, codes.ResourceExhausted}, status.Code(err))
		}

		f.requireSmall(t)
	})
}

// A codec that sends bytes as they are.
type bytesCodec struct{}

func (bytesCodec) Name() string { return "proto" }

func (bytesCodec) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(*v.(*[]byte))}, nil
}

func (bytesCodec) Unmarshal(data mem.BufferSlice, v any) error {
	*v.(*[]byte) = data.Materialize()

	return nil
}

var _ encoding.CodecV2 = bytesCodec{}

func TestGarbageIsRefused(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		for _, method := range []string{"Get", "Create", "Update", "Destroy", "Teardown", "TeardownAndDestroy"} {
			for _, garbage := range []string{"\xff", "\x0a\x7fshort", "\x12\x02\xff\xfe", strings.Repeat("\x0b", 100_000)} {
				request, reply := []byte(garbage), []byte{}
				err := f.connection.Invoke(deadline(t), "/cosi.resource.State/"+method, &request, &reply,
					grpc.ForceCodecV2(bytesCodec{}))
				assert.Contains(t, []codes.Code{codes.Internal, codes.InvalidArgument, codes.Unknown}, status.Code(err), "%s %.9q", method, garbage)
			}
		}

		request, reply := []byte{}, []byte{}
		err := f.connection.Invoke(deadline(t), "/cosi.resource.State/None", &request, &reply, grpc.ForceCodecV2(bytesCodec{}))
		assert.Equal(t, codes.Unimplemented, status.Code(err))
	})
}

// requireSmall checks that our server does not hold much memory; the official one may.
func (f *fixture) requireSmall(t *testing.T) {
	t.Helper()

	if f.server.Died() != nil {
		return // the end of the test says why
	}

	resident, err := f.server.ResidentBytes()
	require.NoError(t, err)
	t.Logf("%s: resident memory %d MiB", f.server.Name, resident>>20)

	if f.server.Name == "ours" {
		assert.Less(t, resident, int64(maxResidentBytes))
	}
}
