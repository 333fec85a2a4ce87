package harness

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// ResidentBytes is the server's resident memory now, VmRSS of /proc/PID/status.
func (s *Server) ResidentBytes() (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.PID()))
	if err != nil {
		return 0, err
	}

	for line := range strings.Lines(string(text)) {
		if value, found := strings.CutPrefix(line, "VmRSS:"); found {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)

			return kib << 10, err
		}
	}

	return 0, fmt.Errorf("no VmRSS for process %d", s.PID())
}

// userHz is the unit of times in /proc, fixed by the Linux ABI.
const userHz = 100

// CPUTime is the processor time that the server used until now, user and system, in steps of
// 10 ms. See proc_pid_stat(5).
func (s *Server) CPUTime() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.PID()))
	if err != nil {
		return 0, err
	}

	// The program's name, in parentheses, may hold spaces. After it utime is the 12th field.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 13 {
		return 0, fmt.Errorf("short stat for process %d", s.PID())
	}

	user, err := strconv.ParseInt(fields[11], 10, 64)
	if err != nil {
		return 0, err
	}

	system, err := strconv.ParseInt(fields[12], 10, 64)

	return time.Duration(user+system) * time.Second / userHz, err
}
