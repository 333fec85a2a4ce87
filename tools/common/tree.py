"""The files of the checkout, and which of them differ from main. Paths are relative to the checkout."""

import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


def git(*arguments):
    """The output of a git command, or None if it fails (no repository, no such branch)."""
    command = ["git", "-c", f"safe.directory={ROOT}", "-c", "core.quotepath=off", *arguments]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return run.stdout if run.returncode == 0 else None


def own_files():
    """Every file that is under version control or could be: what .gitignore names is left out."""
    listed = git("ls-files", "-co", "--exclude-standard")
    if listed is None:  # an unpacked archive
        paths = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
        return sorted(str(path) for path in paths if path.parts[0] not in ("build", ".git"))
    return sorted({line for line in listed.splitlines() if (ROOT / line).is_file()})


def changed_files():
    """The own files that differ from main, uncommitted and untracked ones included."""
    base = _base_of_changes()
    changed = git("diff", "--name-only", base)
    if changed is None:
        raise RuntimeError(f"git diff {base} failed: is this checkout a git repository?")
    untracked = git("ls-files", "-o", "--exclude-standard") or ""
    return sorted(set(own_files()) & {*changed.splitlines(), *untracked.splitlines()})


def _base_of_changes():
    """Where this branch left main. On main: origin/main if there is one, else the commit before the last."""
    on_main = (git("rev-parse", "--abbrev-ref", "HEAD") or "").strip() == "main"
    for branch in ("origin/main",) if on_main else ("main", "origin/main"):
        base = git("merge-base", "HEAD", branch)
        if base:
            return base.strip()
    before = git("rev-parse", "--verify", "-q", "HEAD~1")
    return before.strip() if before else EMPTY_TREE
