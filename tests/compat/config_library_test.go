package compat

import (
	"encoding/json"
	"errors"
	"os"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"ichor.dev/tests/compat/harness"
	"ichor.dev/tests/compat/official"
)

// library is a version of the official library.
type library struct {
	name     string
	patch    func(config, patch string) (string, error)
	meaning  func(config string) (map[string]any, error)
	validate func(config string) error
	view     func(config string) (any, error)
	knows    func(kind string) bool
	lacking  []string // kinds that it knows without some of their keys
}

// current is the version that is linked into these tests.
var current = library{
	name:    "v1.14",
	patch:   official.Patch,
	meaning: official.Meaning,
	validate: func(config string) error {
		_, err := official.Validate(config)

		return err
	},
	view: func(config string) (any, error) {
		answers, err := official.View(config)
		if err != nil {
			return nil, err
		}

		// As a text and back, so that both libraries' answers have the same types.
		text, err := json.Marshal(answers)
		if err != nil {
			return nil, err
		}

		var plain any

		return plain, json.Unmarshal(text, &plain)
	},
	knows: official.Knows,
}

// old is the other version, in a process of its own: one program has one version of a module.
var old = sync.OnceValues(func() (*harness.ConfigServer, error) {
	directory, err := os.MkdirTemp("", "old-library")
	if err != nil {
		return nil, err
	}

	defer os.RemoveAll(directory)

	return harness.StartOldLibrary(directory)
})

// libraries are the versions that configs must mean the same to.
func libraries(t *testing.T) []library {
	t.Helper()

	server, err := old()
	require.NoError(t, err)

	ask := func(operation string, texts ...string) (string, error) {
		answer, err := server.Ask(operation, texts...)
		require.NoError(t, err)

		if !answer.OK {
			return "", errors.New(answer.Text)
		}

		return answer.Text, nil
	}

	return []library{current, {
		name:    "v1.13",
		lacking: []string{"ResolverConfig"},
		patch: func(config, patch string) (string, error) {
			return ask("patch", config, patch)
		},
		meaning: func(config string) (values map[string]any, err error) {
			text, err := ask("meaning", config)
			if err != nil {
				return nil, err
			}

			return values, json.Unmarshal([]byte(text), &values)
		},
		validate: func(config string) error {
			_, err := ask("validate", config)

			return err
		},
		view: func(config string) (answers any, err error) {
			text, err := ask("view", config)
			if err != nil {
				return nil, err
			}

			return answers, json.Unmarshal([]byte(text), &answers)
		},
		knows: func(kind string) bool {
			text, err := ask("knows", kind)
			require.NoError(t, err)

			return text == "true"
		},
	}}
}
