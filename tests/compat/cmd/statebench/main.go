// Statebench measures our COSI state server and the official Go one side by side, both as
// processes of their own behind a unix socket, with the official Go client.
//
// Client and server share the machine's processors, so the rates are those of both together. What
// the server alone costs is in the rows on its processor time.
//
//	statebench --ours BUILD/bin/state-server [--json FILE] [--rounds 3] [--duration 1s] [--rows 100000]
//
// With "--serve SOCKET" it is the official server.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"ichor.dev/tests/compat/harness"
)

func main() {
	harness.ServeIfAsked()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()

	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "statebench:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	ours := flag.String("ours", os.Getenv(harness.OursVariable), "path of our state server; empty: measure the Go server alone")
	jsonFile := flag.String("json", "", "also write the results to this file")
	rounds := flag.Int("rounds", 3, "rounds of each measurement; the median counts")
	duration := flag.Duration("duration", time.Second, "length of one measurement")
	rows := flag.Int("rows", 100_000, "resources to create for the measurement of memory; 0: leave it out")
	flag.Parse()

	if flag.NArg() > 0 || *rounds < 1 || *duration <= 0 {
		return fmt.Errorf("bad arguments: %q", os.Args[1:])
	}

	servers, err := implementations(*ours)
	if err != nil {
		return err
	}

	b := bench{servers: servers, rounds: *rounds, duration: *duration, samples: map[key][]float64{}}

	if err = b.rates(ctx); err != nil {
		return err
	}

	if *rows > 0 {
		if err = b.memory(ctx, *rows); err != nil {
			return err
		}
	}

	report := b.report()
	report.print(os.Stdout)

	if *jsonFile == "" {
		return nil
	}

	return report.write(*jsonFile)
}

// implementations are the servers to compare, the official one first.
func implementations(ours string) ([]harness.Implementation, error) {
	official, err := harness.Official()
	if err != nil || ours == "" {
		return []harness.Implementation{official}, err
	}

	path, err := filepath.Abs(ours)

	return []harness.Implementation{official, harness.OursAt(path)}, err
}
