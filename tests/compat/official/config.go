// Package official is what the official library makes of machine configs, whichever version of it is linked.
package official

import (
	"fmt"
	"strings"

	"github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/configloader"
	"github.com/siderolabs/talos/pkg/machinery/config/configpatcher"
	"github.com/siderolabs/talos/pkg/machinery/config/encoder"
	"github.com/siderolabs/talos/pkg/machinery/config/validation"
	"go.yaml.in/yaml/v4"
)

// Metal is a machine with a disk to install to.
type Metal struct{}

func (Metal) String() string        { return "metal" }
func (Metal) RequiresInstall() bool { return true }
func (Metal) InContainer() bool     { return false }

// Validate loads a config strictly and looks whether it makes sense. It gives the warnings.
func Validate(text string) ([]string, error) {
	loaded, err := configloader.NewFromBytes([]byte(text))
	if err != nil {
		return nil, err
	}

	return loaded.Validate(Metal{}, validation.WithLocal())
}

// Patch is the text of a patched config.
func Patch(text, patch string) (string, error) {
	loaded, err := configloader.NewFromBytes([]byte(text))
	if err != nil {
		return "", fmt.Errorf("config: %w", err)
	}

	parsed, err := configpatcher.LoadPatch([]byte(patch))
	if err != nil {
		return "", fmt.Errorf("patch: %w", err)
	}

	out, err := configpatcher.Apply(configpatcher.WithConfig(loaded), []configpatcher.Patch{parsed})
	if err != nil {
		return "", fmt.Errorf("apply: %w", err)
	}

	patched, err := out.Bytes()

	return string(patched), err
}

// Meaning is a config as values: each document by its kind and name.
func Meaning(text string) (map[string]any, error) {
	loaded, err := configloader.NewFromBytes([]byte(text))
	if err != nil {
		return nil, err
	}

	encoded, err := loaded.Clone().EncodeBytes(encoder.WithComments(encoder.CommentsDisabled))
	if err != nil {
		return nil, err
	}

	return values(string(encoded))
}

// Redacted is the meaning of a config whose secrets are replaced.
func Redacted(text, replacement string) (map[string]any, error) {
	loaded, err := configloader.NewFromBytes([]byte(text))
	if err != nil {
		return nil, err
	}

	encoded, err := loaded.RedactSecrets(replacement).EncodeBytes(encoder.WithComments(encoder.CommentsDisabled))
	if err != nil {
		return nil, err
	}

	return Values(string(encoded))
}

func values(text string) (map[string]any, error) {
	reloaded, err := configloader.NewFromBytes([]byte(text))
	if err != nil {
		return nil, err
	}

	documents := map[string]any{}

	for _, document := range reloaded.Documents() {
		one, err := encoder.NewEncoder(document, encoder.WithComments(encoder.CommentsDisabled)).Encode()
		if err != nil {
			return nil, err
		}

		var values map[string]any
		if err := yaml.Unmarshal(one, &values); err != nil {
			return nil, err
		}

		documents[fmt.Sprintf("%v/%v", values["kind"], values["name"])] = values
	}

	return documents, nil
}

// Values is what stands in documents, whoever wrote them.
func Values(text string) (map[string]any, error) {
	documents := map[string]any{}

	for one := range strings.SplitSeq(text, "\n---\n") {
		var values map[string]any
		if err := yaml.Unmarshal([]byte(one), &values); err != nil {
			return nil, err
		}

		documents[fmt.Sprintf("%v/%v", values["kind"], values["name"])] = values
	}

	return documents, nil
}

// Knows tells whether the library has a kind of document.
func Knows(kind string) bool {
	_, err := configloader.NewFromBytes([]byte("apiVersion: v1alpha1\nkind: " + kind + "\n"))

	return err == nil || !strings.Contains(err.Error(), "not registered")
}

// View is what a node reads from a config: the answers of all of the library's questions to it.
func View(text string) (any, error) {
	var loaded config.Provider

	loaded, err := configloader.NewFromBytes([]byte(text))
	if err != nil {
		return nil, err
	}

	return answers(loaded), nil
}
