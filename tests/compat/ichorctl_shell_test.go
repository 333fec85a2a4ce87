package compat

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// run gives back what a program other than ours writes.
func run(t *testing.T, directory, name string, arguments ...string) string {
	t.Helper()

	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("there is no %s", name)
	}

	command := exec.Command(path, arguments...)
	command.Dir = directory
	out, err := command.CombinedOutput()
	require.NoError(t, err, "%s %v: %s", name, arguments, out)

	return string(out)
}

func TestOpensslVerifiesWhatOursSigned(t *testing.T) {
	directory := t.TempDir()

	for _, kind := range [][]string{nil, {"--rsa"}} {
		ichorctl(t, directory, append([]string{"gen", "ca", "--organization", "root", "--force"}, kind...)...)
		ichorctl(t, directory, "gen", "key", "--name", "admin", "--force")
		ichorctl(t, directory, "gen", "csr", "--key", "admin.key", "--ip", "10.0.0.1", "--roles", "os:reader,os:admin", "--force")
		ichorctl(t, directory, "gen", "crt", "--ca", "root", "--csr", "admin.csr", "--name", "admin", "--force")

		assert.Equal(t, "admin.crt: OK\n", run(t, directory, "openssl", "verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", "root.crt", "admin.crt"))

		subject := run(t, directory, "openssl", "x509", "-in", "admin.crt", "-noout", "-subject", "-ext", "keyUsage,extendedKeyUsage,subjectAltName")
		assert.Contains(t, subject, "O=os:admin + O=os:reader")
		assert.Contains(t, subject, "TLS Web Client Authentication\n")
		assert.Contains(t, subject, "IP Address:10.0.0.1")
		assert.NotContains(t, subject, "Server Authentication")

		assert.Contains(t, run(t, directory, "openssl", "req", "-in", "admin.csr", "-verify", "-noout"), "verify OK")
	}
}

// completing gives back a directory where ichorctl is in the way of the shell, and a context is known.
func completing(t *testing.T) string {
	t.Helper()

	directory := t.TempDir()
	ichorctl(t, directory, "config", "add", "home")
	require.NoError(t, os.Symlink(os.Getenv(ctlVariable), filepath.Join(directory, "ichorctl")))
	t.Setenv("PATH", directory+":"+os.Getenv("PATH"))
	t.Setenv("HOME", directory)

	return directory
}

func TestBashCompletes(t *testing.T) {
	directory := completing(t)
	script := `
source <(ichorctl completion bash)
offer() { COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _ichorctl; echo "${COMPREPLY[*]}"; }
offer ichorctl gen secr
offer ichorctl gen secrets --out
offer ichorctl config info --output = j
offer ichorctl config context ""
offer ichorctl completion z
`
	assert.Equal(t, strings.Join([]string{
		"secrets", "--output-file", "json", "home", "zsh", "",
	}, "\n"), run(t, directory, "bash", "-c", script))
}

// TestZshCompletes types into a zsh on a terminal of its own, whose Ctrl-X writes the line down.
func TestZshCompletes(t *testing.T) {
	directory := completing(t)
	settings := `
autoload -Uz compinit; compinit -D -u
source <(ichorctl completion zsh)
write-down() { print -r -- "${BUFFER% }" >>lines; BUFFER= }
zle -N write-down; bindkey "^X" write-down
`
	require.NoError(t, os.WriteFile(filepath.Join(directory, ".zshrc"), []byte(settings), 0o600))

	script := `
zmodload zsh/zpty zsh/zselect
: >lines
zpty -b shell "ZDOTDIR=$PWD TERM=dumb zsh -i"
count=0
for typed in "gen secr" "gen secrets --out" "config info --output j" "config context h" "completion z"; do
  zpty -w -n shell "ichorctl $typed"$'\t\x18'
  ((++count))
  for ((tries = 0; tries < 600 && $(wc -l <lines) < count; ++tries)); do
    zpty -r -t shell shown
    zselect -t 10
  done
done
zpty -d shell
cat lines
`
	assert.Equal(t, strings.Join([]string{
		"ichorctl gen secrets", "ichorctl gen secrets --output-file", "ichorctl config info --output json",
		"ichorctl config context home", "ichorctl completion zsh", "",
	}, "\n"), run(t, directory, "zsh", "-f", "-c", script))
}

func TestFishCompletes(t *testing.T) {
	directory := completing(t)
	script := `
ichorctl completion fish | source
for typed in "gen secr" "gen secrets --out" "config info --output j" "config context h" "completion z"
    complete -C "ichorctl $typed" | string split -f 1 \t; or true
end
`
	assert.Equal(t, strings.Join([]string{
		"secrets", "--output-file", "json", "home", "zsh", "",
	}, "\n"), run(t, directory, "fish", "--no-config", "-c", script))
}
