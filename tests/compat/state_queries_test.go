package compat

import (
	"io"
	"regexp"
	"testing"

	"github.com/cosi-project/runtime/api/v1alpha1"
	"github.com/cosi-project/runtime/pkg/resource"
	"github.com/cosi-project/runtime/pkg/state"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// queryRows are the rows that the queries below choose from.
func queryRows() []resource.Resource {
	return []resource.Resource{
		row("bare"),
		row("empty", "app", "", "size", ""),
		row("five", "app", "web", "size", "5"),
		row("fourGi", "app", "web", "size", "4GiB"),
		row("fourG", "app", "db", "size", " 4 GB "),
		row("less", "app", "db", "size", "-1k"),
		row("odd", "app", "Web", "size", "1.5k", "zone", "a"),
		row("ten", "app", "wëb", "size", "10kg", "zone", "b"),
		row("wide", "app", "web2", "size", "9223372036854775808"),
	}
}

// not inverts a term.
const not = resource.NotMatches

// everyRow is the answer to a query that matches everything.
var everyRow = []string{"bare", "empty", "five", "fourG", "fourGi", "less", "odd", "ten", "wide"}

var labelQueries = []struct {
	name  string
	terms []resource.LabelQueryOption
	ids   []string
}{
	{"no term", nil, everyRow},
	{"exists", []resource.LabelQueryOption{resource.LabelExists("zone")}, []string{"odd", "ten"}},
	{"not exists", []resource.LabelQueryOption{resource.LabelExists("app", not)}, []string{"bare"}},
	{"equal", []resource.LabelQueryOption{resource.LabelEqual("app", "web")}, []string{"five", "fourGi"}},
	{"equal to nothing", []resource.LabelQueryOption{resource.LabelEqual("app", "")}, []string{"empty"}},
	{
		"not equal, also without the label",
		[]resource.LabelQueryOption{resource.LabelEqual("app", "web", not)},
		[]string{"bare", "empty", "fourG", "less", "odd", "ten", "wide"},
	},
	{
		"in", []resource.LabelQueryOption{resource.LabelIn("app", []string{"web2", "db", "x"})},
		[]string{"fourG", "less", "wide"},
	},
	{"in nothing", []resource.LabelQueryOption{resource.LabelIn("app", nil)}, []string{}},
	{"not in nothing", []resource.LabelQueryOption{resource.LabelIn("app", nil, not)}, everyRow},
	{
		"not in, also without the label",
		[]resource.LabelQueryOption{resource.LabelIn("app", []string{"web", "web2", "wëb", "Web"}, not)},
		[]string{"bare", "empty", "fourG", "less"},
	},
	{"less", []resource.LabelQueryOption{resource.LabelLT("app", "web")}, []string{"empty", "fourG", "less", "odd"}},
	{
		"less or equal", []resource.LabelQueryOption{resource.LabelLTE("app", "web")},
		[]string{"empty", "five", "fourG", "fourGi", "less", "odd"},
	},
	{
		"not less, only with the label", []resource.LabelQueryOption{resource.LabelLT("app", "web", not)},
		[]string{"five", "fourGi", "ten", "wide"},
	},
	{
		"not less or equal, only with the label", []resource.LabelQueryOption{resource.LabelLTE("app", "web", not)},
		[]string{"ten", "wide"},
	},
	{"less as number", []resource.LabelQueryOption{resource.LabelLTNumeric("size", "5")}, []string{"less"}},
	{"less or equal as number", []resource.LabelQueryOption{resource.LabelLTENumeric("size", "5")}, []string{"five", "less"}},
	{
		"not less as number, only numbers", []resource.LabelQueryOption{resource.LabelLTNumeric("size", "5", not)},
		[]string{"five", "fourG", "fourGi", "ten"},
	},
	{
		"not less or equal as number, only numbers",
		[]resource.LabelQueryOption{resource.LabelLTENumeric("size", "5", not)},
		[]string{"fourG", "fourGi", "ten"},
	},
	{"units of ten", []resource.LabelQueryOption{resource.LabelLTENumeric("size", "4g")}, []string{"five", "fourG", "less", "ten"}},
	{
		"units of two", []resource.LabelQueryOption{resource.LabelLTENumeric("size", "4 gi")},
		[]string{"five", "fourG", "fourGi", "less", "ten"},
	},
	{
		"words are units by their first letters, so kilo is Ki",
		[]resource.LabelQueryOption{resource.LabelLTNumeric("size", "10 kilo"), resource.LabelLTNumeric("size", "5 mouse")},
		[]string{"five", "less", "ten"},
	},
	{"not a number", []resource.LabelQueryOption{resource.LabelLTNumeric("size", "1x")}, []string{}},
	{"not not a number", []resource.LabelQueryOption{resource.LabelLTNumeric("size", "1-2", not)}, []string{}},
	{"plus is no sign", []resource.LabelQueryOption{resource.LabelLTNumeric("size", "+9", not)}, []string{}},
	{
		"all terms must match",
		[]resource.LabelQueryOption{resource.LabelEqual("app", "web"), resource.LabelLTNumeric("size", "1ki")},
		[]string{"five"},
	},
	{
		"terms that exclude each other",
		[]resource.LabelQueryOption{resource.LabelExists("zone"), resource.LabelExists("zone", not)},
		[]string{},
	},
}

func TestLabelQueriesChooseRows(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		f.create(t, queryRows()...)

		for _, q := range labelQueries {
			t.Run(q.name, func(t *testing.T) {
				assert.Equal(t, q.ids, f.ids(t, state.WithLabelQuery(q.terms...)))
				assert.Equal(t, q.ids, f.bootstrapped(t, state.WatchWithLabelQuery(q.terms...)))
			})
		}
	})
}

func TestSeveralLabelQueriesAreAlternatives(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		f.create(t, queryRows()...)

		assert.Equal(t, []string{"less", "odd"}, f.ids(t,
			state.WithLabelQuery(resource.LabelEqual("zone", "a")),
			state.WithLabelQuery(resource.LabelEqual("app", "db"), resource.LabelLTNumeric("size", "0"))))
		assert.Equal(t, everyRow, f.ids(t, state.WithLabelQuery(resource.LabelEqual("zone", "a")), state.WithLabelQuery()))
	})
}

var idQueries = []struct {
	regexp string
	ids    []string
}{
	{"", everyRow},
	{"e", []string{"bare", "empty", "five", "less", "ten", "wide"}},
	{"^.{3}$", []string{"odd", "ten"}},
	{"^(five|four(G|Gi))$", []string{"five", "fourG", "fourGi"}},
	{"(?i)gI", []string{"fourGi"}},
	{`\bte\pL\b`, []string{"ten"}},
	{"[[:upper:]]$", []string{"fourG"}},
	{"^$", []string{}},
	{"^(a|aa|aaa)*b", []string{"bare"}},
}

func TestIdQueriesAreSearchesWithRE2(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		f.create(t, queryRows()...)

		for _, q := range idQueries {
			t.Run(q.regexp, func(t *testing.T) {
				query := resource.IDRegexpMatch(regexp.MustCompile(q.regexp))
				assert.Equal(t, q.ids, f.ids(t, state.WithIDQuery(query)))
				assert.Equal(t, q.ids, f.bootstrapped(t, state.WatchWithIDQuery(query)))
			})
		}

		assert.Equal(t, []string{"fourG"}, f.ids(t,
			state.WithIDQuery(resource.IDRegexpMatch(regexp.MustCompile("^f"))),
			state.WithLabelQuery(resource.LabelEqual("app", "db"))), "both queries must match")
	})
}

func TestListsAreSortedByTheBytesOfTheId(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		for _, id := range []string{"b", "a/1", "Z", "é", "a", "10", "9", "a-1", "\U0001f980", ""} {
			f.create(t, row(id))
		}

		assert.Equal(t, []string{"", "10", "9", "Z", "a", "a-1", "a/1", "b", "é", "\U0001f980"}, f.ids(t))
	})
}

func TestAListOfAnUnknownKindIsEmpty(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		list, err := f.List(deadline(t), resource.NewMetadata("no", "where", "", resource.VersionUndefined))
		require.NoError(t, err)
		assert.Empty(t, list.Items)
	})
}

// The deprecated NOT_EXISTS ignores its invert flag, and an operator of the future is refused.
func TestOldAndUnknownOperators(t *testing.T) {
	bothServers(t, func(t *testing.T, f *fixture) {
		f.create(t, queryRows()...)

		for _, invert := range []bool{false, true} {
			ids, err := f.rawIDs(t, &v1alpha1.LabelTerm{
				Key: "app", Op: v1alpha1.LabelTerm_NOT_EXISTS, Invert: invert, //nolint:staticcheck // it is what we test
			})
			require.NoError(t, err)
			assert.Equal(t, []string{"bare"}, ids)
		}

		_, err := f.rawIDs(t, &v1alpha1.LabelTerm{Key: "app", Op: 99})
		assert.Equal(t, codes.Unimplemented, status.Code(err))
		assert.Equal(t, "unsupported label query operator: 99", status.Convert(err).Message())
	})
}

// rawIDs lists the ids of the rows that match all terms.
func (f *fixture) rawIDs(t *testing.T, terms ...*v1alpha1.LabelTerm) ([]string, error) {
	t.Helper()

	stream, err := f.raw.List(deadline(t), &v1alpha1.ListRequest{
		Namespace: namespace, Type: rowType,
		Options: &v1alpha1.ListOptions{LabelQuery: []*v1alpha1.LabelQuery{{Terms: terms}}},
	})
	require.NoError(t, err)

	ids := []string{}

	for {
		reply, err := stream.Recv()
		if err == io.EOF {
			return ids, nil
		}

		if err != nil {
			return nil, err
		}

		ids = append(ids, reply.Resource.Metadata.Id)
	}
}
