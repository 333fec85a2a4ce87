package compat

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// newer matches what the library says of kinds and keys that it does not know yet: those of the line
// after it, which we follow.
var newer = regexp.MustCompile(`not registered|unknown keys found|unexpected type for yaml sequence: meta.ArgValue|btrfs does not belong`)

// broken matches what fails in the library for a reason of its own: a size matcher cannot be merged at
// all, and v1.13.9 dies of the deletion of a document that is not there.
var broken = regexp.MustCompile(`InstallDiskSizeMatcher.condition: merge not possible|panic: reflect.Value.Interface`)

// forgotten matches where the library loses a value: a CEL expression or a size that a patch does not repeat.
var forgotten = regexp.MustCompile(`(?i)(selector|match|expression|minSize|maxSize)$`)

// patchPairs is how many pairs of config and patch are compared.
func patchPairs(t *testing.T) int {
	t.Helper()

	if text, found := os.LookupEnv("ICHOR_CONFIG_PAIRS"); found {
		pairs, err := strconv.Atoi(text)
		require.NoError(t, err)

		return pairs
	}

	return 5000
}

// TestPatchesMeanTheSame patches random configs with both implementations, and with an older library.
func TestPatchesMeanTheSame(t *testing.T) {
	for _, library := range libraries(t) {
		t.Run(library.name, func(t *testing.T) { comparePatches(t, library) })
	}
}

func comparePatches(t *testing.T, library library) {
	ask := startConfigServer(t)
	compared, refused, skipped, failures := 0, 0, 0, 0

	for seed := 0; compared < patchPairs(t); seed++ {
		config := ask("random-config", strconv.Itoa(2*seed)).Text
		patch := ask("random-patch", strconv.Itoa(2*seed+1)).Text
		ours := ask("patch", config, patch)
		theirs, err := library.patch(config, patch)

		if err != nil && (newer.MatchString(err.Error()) || broken.MatchString(err.Error())) {
			skipped++

			continue
		}

		compared++

		if err != nil && !ours.OK {
			refused++

			continue
		}

		if err != nil || !ours.OK {
			failures++
			t.Errorf("seed %d: theirs %v, ours %v\nconfig:\n%s\npatch:\n%s", seed, err, ours, config, patch)
		} else if !sameMeaning(t, library, theirs, ours.Text) {
			failures++
			t.Errorf("seed %d:\nconfig:\n%s\npatch:\n%s", seed, config, patch)
		}

		if failures > 20 {
			t.Fatal("and so on")
		}
	}

	t.Logf("%d pairs, %d of them refused by both; %d skipped", compared, refused, skipped)
}

func sameMeaning(t *testing.T, library library, theirs, ours string) bool {
	t.Helper()

	theirValues, err := library.meaning(theirs)
	if err != nil {
		t.Logf("their own result: %v", err)

		return true
	}

	ourValues, err := library.meaning(ours)
	if err != nil {
		t.Errorf("our result:\n%s\n%v", ours, err)

		return false
	}

	same := true

	for name, values := range theirValues {
		same = sameValues(t, name, values, ourValues[name]) && same
	}

	for name, values := range ourValues {
		if _, found := theirValues[name]; !found {
			same = sameValues(t, name, nil, values) && same
		}
	}

	return same
}

// sameValues logs each place where two trees differ.
func sameValues(t *testing.T, path string, theirs, ours any) bool {
	t.Helper()

	theirMap, isMap := theirs.(map[string]any)
	ourMap, isOurMap := ours.(map[string]any)

	if !isMap || !isOurMap {
		same := fmt.Sprintf("%#v", theirs) == fmt.Sprintf("%#v", ours) || (theirs == nil && forgotten.MatchString(path))
		if !same {
			t.Logf("%s: theirs %#v, ours %#v", path, theirs, ours)
		}

		return same
	}

	same := true

	for key, value := range theirMap {
		same = sameValues(t, path+"."+key, value, ourMap[key]) && same
	}

	for key, value := range ourMap {
		if _, found := theirMap[key]; !found {
			same = sameValues(t, path+"."+key, nil, value) && same
		}
	}

	return same
}
