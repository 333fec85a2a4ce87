package compat

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ichor.dev/tests/compat/official"
)

// hidden stands in the place of secrets. It is base64, so that both libraries can put it everywhere.
const hidden = "REDACTED"

// hiddenPaths are the places of what was hidden.
func hiddenPaths(path string, value any, found map[string]bool) {
	switch value := value.(type) {
	case map[string]any:
		for key, child := range value {
			hiddenPaths(path+"."+key, child, found)
		}
	case []any:
		for i, child := range value {
			hiddenPaths(fmt.Sprintf("%s[%d]", path, i), child, found)
		}
	case string:
		if strings.Contains(value, hidden) {
			found[path] = true
		}
	}
}

// TestTheSameSecretsAreHidden redacts random configs with both implementations: what the official library hides, we hide.
func TestTheSameSecretsAreHidden(t *testing.T) {
	ask := startConfigServer(t)
	compared, secrets := 0, map[string]bool{}

	for seed := 0; compared < 500; seed++ {
		config := ask("random-config", strconv.Itoa(2*seed)).Text

		theirs, err := official.Redacted(config, hidden)
		if err != nil { // made at random, some are refused
			continue
		}

		compared++

		answer := ask("redact", config, hidden)
		require.True(t, answer.OK, answer.Text)

		ours, err := official.Values(answer.Text)
		require.NoError(t, err, answer.Text)

		theirPaths, ourPaths := map[string]bool{}, map[string]bool{}
		hiddenPaths("", map[string]any(theirs), theirPaths)
		hiddenPaths("", map[string]any(ours), ourPaths)

		for path := range theirPaths {
			secrets[path] = true

			if !ourPaths[path] {
				t.Errorf("seed %d: %s is shown\n%s", seed, path, answer.Text)
			}
		}

		if t.Failed() && compared > 100 {
			t.Fatal("and so on")
		}
	}

	require.NotEmpty(t, secrets)
	t.Logf("%d configs, %d secrets", compared, len(secrets))
}
