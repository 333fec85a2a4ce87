package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/siderolabs/talos/pkg/machinery/config/configloader"
	"github.com/siderolabs/talos/pkg/machinery/config/configpatcher"
	"github.com/siderolabs/talos/pkg/machinery/config/validation"

	"ichor.dev/tests/compat/harness"
)

// metal is a machine with a disk to install to.
type metal struct{}

func (metal) String() string        { return "metal" }
func (metal) RequiresInstall() bool { return true }
func (metal) InContainer() bool     { return false }

// library measures the two libraries by turns, so that a busy machine slows both.
func library(config string, rounds int) ([]row, error) {
	server, found, err := harness.StartConfigServer()
	if err != nil || !found {
		return nil, fmt.Errorf("%s names no config-server: %w", harness.ConfigServerVariable, err)
	}

	patches := twentyPatches()

	read, err := compare(server, rounds, "time", []string{config}, func() error { return readAndCheck(config) })
	if err != nil {
		return nil, err
	}

	read.Name, read.Limit = fmt.Sprintf("config: read and check %d lines", strings.Count(config, "\n")), 8

	patch, err := compare(server, rounds, "time-patch", append([]string{config}, patches...), func() error { return applied(config, patches) })
	if err != nil {
		return nil, err
	}

	patch.Name, patch.Limit = fmt.Sprintf("config: %d patches", len(patches)), 40

	return []row{read, patch}, server.Stop()
}

// compare asks our server how long an operation takes, and does the same with the official library.
func compare(server *harness.ConfigServer, rounds int, operation string, texts []string, official func() error) (row, error) {
	var ours, theirs []float64

	for range rounds {
		answer, err := server.Ask(operation, append([]string{"1"}, texts...)...)
		if err != nil || !answer.OK {
			return row{}, fmt.Errorf("%s: %s: %w", operation, answer.Text, err)
		}

		nanoseconds, err := strconv.ParseFloat(strings.TrimSpace(answer.Text), 64)
		if err != nil {
			return row{}, err
		}

		ours = append(ours, nanoseconds/1e6)

		start := time.Now()

		if err := official(); err != nil {
			return row{}, fmt.Errorf("the official library: %w", err)
		}

		theirs = append(theirs, float64(time.Since(start))/1e6)
	}

	reference := best(theirs)
	value := best(ours)
	ratio := value / reference

	return row{Value: value, Unit: "ms", Better: "lower", Go: &reference, Ratio: &ratio}, nil
}

func readAndCheck(config string) error {
	loaded, err := configloader.NewFromBytes([]byte(config))
	if err != nil {
		return err
	}

	_, err = loaded.Validate(metal{}, validation.WithLocal())

	return err
}

// applied is the same work as the server's, and reading the config besides: the library changes what it is given.
func applied(config string, texts []string) error {
	patches := make([]configpatcher.Patch, 0, len(texts))

	for _, text := range texts {
		patch, err := configpatcher.LoadPatch([]byte(text))
		if err != nil {
			return err
		}

		patches = append(patches, patch)
	}

	loaded, err := configloader.NewFromBytes([]byte(config))
	if err != nil {
		return err
	}

	out, err := configpatcher.Apply(configpatcher.WithConfig(loaded), patches)
	if err != nil {
		return err
	}

	_, err = out.Bytes()

	return err
}

// twentyPatches change the first document, and those of links.
func twentyPatches() []string {
	patches := make([]string, 0, 20)

	for i := range 10 {
		number := strconv.Itoa(i)
		patches = append(patches,
			"machine:\n  sysctls:\n    net.core.bench"+number+": \"1\"\n",
			"apiVersion: v1alpha1\nkind: LinkConfig\nname: eth"+number+"\nmtu: 9000\n")
	}

	return patches
}
