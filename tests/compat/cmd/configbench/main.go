// Configbench measures what reading, checking and patching configs takes, beside the official Go
// library in the same run, and what commands of ichorctl take.
//
//	configbench [--json FILE] [--rounds 25]
//
// ICHOR_CONFIG_SERVER and ICHOR_CTL name the programs.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// row is a line of the table of `./ichor bench`.
type row struct {
	Name   string   `json:"name"`
	Value  float64  `json:"value"`
	Unit   string   `json:"unit"`
	Limit  float64  `json:"limit"`
	Better string   `json:"better"`
	Go     *float64 `json:"go,omitempty"`
	Ratio  *float64 `json:"ratio,omitempty"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "configbench:", err)
		os.Exit(1)
	}
}

func run() error {
	file := flag.String("json", "", "also write the rows to this file")
	rounds := flag.Int("rounds", 25, "rounds of each measurement; the best counts")
	flag.Parse()

	directory, err := os.MkdirTemp("", "configbench")
	if err != nil {
		return err
	}

	defer os.RemoveAll(directory) //nolint:errcheck

	ctl := client{path: os.Getenv("ICHOR_CTL"), directory: directory}

	config, err := ctl.config()
	if err != nil {
		return err
	}

	rows, err := library(longer(config, "", 1500, 0), *rounds)
	if err != nil {
		return err
	}

	commands, err := ctl.rows(*rounds, config)
	if err != nil {
		return err
	}

	rows = append(rows, commands...)

	for _, row := range rows {
		fmt.Printf("%-48s %10.3f %-6s limit %g\n", row.Name, row.Value, row.Unit, row.Limit)
	}

	if *file == "" {
		return nil
	}

	text, err := json.Marshal(rows)
	if err != nil {
		return err
	}

	return os.WriteFile(*file, text, 0o600)
}

// longer is a config with documents of links behind it, a comment above each, until it has so many lines and bytes.
func longer(config, comment string, lines, bytes int) string {
	var text strings.Builder

	text.WriteString(config)

	for i, left := 0, lines-strings.Count(config, "\n"); left > 0 || text.Len() < bytes; i++ {
		link := "---\n" + comment + "apiVersion: v1alpha1\nkind: LinkConfig\nname: eth" + strconv.Itoa(i) +
			"\nmtu: 1500 # bytes\naddresses:\n    - address: 10.0.0.1/24\n    - address: fd00::1/64\nroutes:\n" +
			"    - destination: 10.1.0.0/16\n      gateway: 10.0.0.254\n      metric: 100\n"
		text.WriteString(link)
		left -= strings.Count(link, "\n")
	}

	return text.String()
}

// best is what the work costs when the machine does nothing else.
func best(samples []float64) float64 { return slices.Min(samples) }
