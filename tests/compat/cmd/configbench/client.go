package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// dontNeed is POSIX_FADV_DONTNEED: what the page cache holds of a file is dropped.
const dontNeed = 4

// client runs ichorctl in a directory of its own.
type client struct {
	path      string
	directory string
}

// command runs ichorctl; it gives back the time that this took and the most memory it had.
func (c client) command(arguments ...string) (time.Duration, int64, error) {
	command := exec.Command(c.path, arguments...)
	command.Dir = c.directory
	command.Env = []string{"HOME=" + c.directory}

	var said strings.Builder

	command.Stderr = &said
	start := time.Now()
	err := command.Run()
	took := time.Since(start)

	if err != nil {
		return 0, 0, fmt.Errorf("ichorctl %v: %w: %.500s", arguments, err, said.String())
	}

	usage, _ := command.ProcessState.SysUsage().(*syscall.Rusage)

	return took, usage.Maxrss << 10, nil
}

var generate = []string{"gen", "config", "kronform", "https://api.example.org:6443", "--with-secrets", "secrets.yaml"}

// config is a control plane's, with new secrets, of a version that the official library knows too.
func (c client) config() (string, error) {
	if _, _, err := c.command("gen", "secrets"); err != nil {
		return "", err
	}

	if _, _, err := c.command(append(generate, "--talos-version", "v1.13", "--output-types", "controlplane", "-o", "n1.yaml")...); err != nil {
		return "", err
	}

	text, err := os.ReadFile(filepath.Join(c.directory, "n1.yaml"))

	return string(text), err
}

func (c client) rows(rounds int, config string) ([]row, error) {
	version, err := c.times(rounds, true, "version", "--client")
	if err != nil {
		return nil, err
	}

	generation, err := c.times(rounds, false, append(generate, "--force")...)
	if err != nil {
		return nil, err
	}

	memory, err := c.memory(config)

	return []row{
		{Name: "ichorctl version --client, from the disk", Value: version, Unit: "ms", Limit: 10, Better: "lower"},
		{Name: "ichorctl gen config, with secrets at hand", Value: generation, Unit: "ms", Limit: 50, Better: "lower"},
		{Name: "memory for a config of 50 MB, half of it comments", Value: memory, Unit: "times", Limit: 20, Better: "lower"},
	}, err
}

// times is how many milliseconds a command takes; `cold` with nothing of the program in memory.
func (c client) times(rounds int, cold bool, arguments ...string) (float64, error) {
	samples := make([]float64, 0, rounds)

	for range rounds {
		if cold {
			if err := forget(c.path); err != nil {
				return 0, err
			}
		}

		took, _, err := c.command(arguments...)
		if err != nil {
			return 0, err
		}

		samples = append(samples, float64(took)/1e6)
	}

	return best(samples), nil
}

// forget drops a file from the page cache.
func forget(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}

	defer file.Close() //nolint:errcheck

	if _, _, code := syscall.Syscall6(syscall.SYS_FADVISE64, file.Fd(), 0, 0, dontNeed, 0, 0); code != 0 {
		return code
	}

	return nil
}

// memory is how many times its size the check of a config of 50 MB takes.
func (c client) memory(config string) (float64, error) {
	// Half of it: a config of so many bytes has more values than are taken, if they are all small.
	comment := "# " + strings.Repeat("what the link is for ", 12) + "\n"
	text := longer(config, comment, 0, 50_000_000)
	if err := os.WriteFile(filepath.Join(c.directory, "large.yaml"), []byte(text), 0o600); err != nil {
		return 0, err
	}

	_, most, err := c.command("validate", "--mode", "metal", "--config", "large.yaml")

	return float64(most) / float64(len(text)), err
}
