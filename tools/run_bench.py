#!/usr/bin/env python3
"""The figures of ./ichor bench: in-process by runtime_bench, over a socket by tests/compat/cmd/statebench,
of configs by tests/compat/cmd/configbench, and of nodes."""

import sys

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import argparse
import json
import subprocess

import kubernetes_figures
import node_figures
import pull_figures
from common import presets
from common.presets import BUILD
from common.process import interruptible
from common.step import Outcome, step
from common.tree import ROOT

BIN = BUILD / "release-amd64/bin"
RESULT = BUILD / "bench.json"

# Limits of statebench's rows, whose "go" is the official server; the others have to be ahead of it.
LIMITS = {"update seen by 100 watches": 800, "memory per resource": 600}
NO_LIMIT = "processor time"


def written_rows(path):
    """Rows as runtime_bench and configbench write them: {"name", "value", "unit", "limit", "better"}, perhaps "go" and "ratio"."""
    return json.loads(path.read_text(encoding="utf-8"))


def state_rows(path):
    """The rows of statebench in the same form, with the official server's value as "go"."""
    rows = []
    for row in json.loads(path.read_text(encoding="utf-8"))["rows"]:
        limit = None if NO_LIMIT in row["name"] else LIMITS.get(row["name"], row["go"])
        rows.append({"name": f"socket: {row['name']}", "value": row["ours"], "unit": row["unit"], "limit": limit,
                     "better": "lower" if row["better"] == "less" else "higher", "go": row["go"], "ratio": row["ratio"]})
    return rows


def verdict(row):
    """"ok", "missed", or "" for a row without limit; a row that was not measured is missed."""
    if row["limit"] is None:
        return ""
    if row["value"] is None:
        return "missed"
    good = row["value"] <= row["limit"] if row["better"] == "lower" else row["value"] >= row["limit"]
    return "ok" if good else "missed"


def number(value, form="{:,.4g}"):
    """A figure with few digits: 1,234,567 or 0.123."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 and form == "{:,.4g}" else form.format(value)


def table(rows):
    """The rows as aligned text."""
    lines = [("name", "measured", "limit", "unit", "", "Go", "ours/Go")]
    for row in rows:
        sign = "≤" if row["better"] == "lower" else "≥"
        limit = "" if row["limit"] is None else f"{sign} {number(row['limit'])}"
        go = number(row["go"]) if "go" in row else ""
        ratio = number(row["ratio"], "{:.2f}") if "ratio" in row else ""
        lines.append((row["name"], number(row["value"]), limit, row["unit"], verdict(row), go, ratio))
    widths = [max(len(line[column]) for line in lines) for column in range(7)]
    left = (0, 3, 4)
    return "\n".join("  ".join(f"{cell:{'<' if column in left else '>'}{widths[column]}}"
                               for column, cell in enumerate(line)).rstrip() for line in lines)


GROUPS = ("runtime", "state", "config", "node", "kubernetes")


def measure(groups):
    """Measures the groups as steps. Returns the rows, and whether all could be measured."""
    rows, complete = [], True
    scratch = BUILD / "bench"
    scratch.mkdir(parents=True, exist_ok=True)
    runs = (
        ("runtime", "runtime_bench", [BIN / "runtime_bench", "--json", scratch / "runtime.json"], ROOT, written_rows),
        ("state", "statebench", ["go", "run", "./cmd/statebench", "--json", scratch / "statebench.json"], ROOT / "tests/compat",
         state_rows),
        ("config", "configbench", ["go", "run", "./cmd/configbench", "--json", scratch / "configbench.json"], ROOT / "tests/compat",
         written_rows),
    )
    for group, name, argv, directory, read in runs:
        if group not in groups:
            continue
        argv[-1].unlink(missing_ok=True)
        try:
            done = step(name, _run, argv, directory)
        except FileNotFoundError as error:
            print(f"{name}: {error.filename} is missing")
            complete = False
            continue
        if done.ok:
            rows += read(argv[-1])
        complete = complete and done.ok
    for group, parts in (("node", node_figures.PARTS), ("kubernetes", (*pull_figures.PARTS, *kubernetes_figures.PARTS))):
        for name, figures in parts if group in groups else ():
            complete = step(name, _collect, figures, rows).ok and complete
    return rows, complete


def _collect(figures, rows):
    """Adds what figures() returns to the rows."""
    try:
        rows += figures()
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
        return Outcome(failed=1, output=f"{error}\n")
    return Outcome()


def _run(argv, directory):
    programs = {"ICHOR_STATE_SERVER": "state-server", "ICHOR_CONFIG_SERVER": "config-server", "ICHOR_CTL": "ichorctl"}
    return presets.command(argv, cwd=directory, env={name: str(BIN / program) for name, program in programs.items()})


def main():
    """Measures, writes build/bench.json and prints the table."""
    parser = argparse.ArgumentParser(prog="./ichor bench", description="Measures, prints a table, writes build/bench.json.")
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"{', '.join(GROUPS)} (default: all)")
    rows, complete = measure(parser.parse_args().groups or GROUPS)
    for row in rows:
        row["result"] = verdict(row)
    RESULT.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print("\n" + table(rows))
    results = [row["result"] for row in rows]
    print(f"\n{results.count('ok')} ok, {results.count('missed')} missed; written to {RESULT.relative_to(ROOT)}")
    return 0 if complete else 1


if __name__ == "__main__":
    interruptible(main)
