package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"text/tabwriter"
)

const cpuSuffix = ": server's processor time"

// report is the result, as it is written to the JSON file.
type report struct {
	Rounds  int     `json:"rounds"`
	Seconds float64 `json:"seconds"` // Seconds is the length of one measurement.
	CPUs    int     `json:"cpus"`
	Rows    []line  `json:"rows"`
}

// line is one row of the table. Go and Ours are medians of the samples; Ratio is Ours by Go.
type line struct {
	Name        string    `json:"name"`
	Unit        string    `json:"unit"`
	Better      string    `json:"better"` // Better is "more" or "less".
	Go          *float64  `json:"go"`
	Ours        *float64  `json:"ours"`
	Ratio       *float64  `json:"ratio"`
	GoSamples   []float64 `json:"go_samples"`
	OursSamples []float64 `json:"ours_samples"`
}

// report sums up all samples.
func (b *bench) report() report {
	r := report{Rounds: b.rounds, Seconds: b.duration.Seconds(), CPUs: runtime.NumCPU()}

	for _, m := range measurements {
		r.Rows = append(r.Rows, b.line(m.name, "1/s", "more"))
	}

	r.Rows = append(r.Rows, b.line(memoryRow, "bytes", "less"))

	for _, m := range measurements {
		r.Rows = append(r.Rows, b.line(m.name+cpuSuffix, "µs", "less"))
	}

	return r
}

// line sums up the samples of one row.
func (b *bench) line(name, unit, better string) line {
	l := line{
		Name: name, Unit: unit, Better: better,
		GoSamples: b.samples[key{name, "go"}], OursSamples: b.samples[key{name, "ours"}],
	}
	l.Go, l.Ours = median(l.GoSamples), median(l.OursSamples)

	if l.Go != nil && l.Ours != nil && *l.Go != 0 {
		ratio := *l.Ours / *l.Go
		l.Ratio = &ratio
	}

	return l
}

// median is the middle sample, or nil if there is none.
func median(samples []float64) *float64 {
	if len(samples) == 0 {
		return nil
	}

	sorted := slices.Sorted(slices.Values(samples))
	middle := sorted[len(sorted)/2]

	if len(sorted)%2 == 0 {
		middle = (middle + sorted[len(sorted)/2-1]) / 2
	}

	return &middle
}

// print writes the table.
func (r report) print(out io.Writer) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "name\tunit\tgo\tours\tratio\tbetter\t")

	for _, l := range r.Rows {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t\n",
			l.Name, l.Unit, number(l.Go, "%.1f"), number(l.Ours, "%.1f"), number(l.Ratio, "%.2f"), l.Better)
	}

	table.Flush()
}

// number formats a value that may be missing.
func number(value *float64, format string) string {
	if value == nil {
		return "-"
	}

	return fmt.Sprintf(format, *value)
}

// write stores the report as JSON.
func (r report) write(path string) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}

	return os.WriteFile(path, append(data, '\n'), 0o644)
}
