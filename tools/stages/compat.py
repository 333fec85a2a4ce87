"""The stage "compat": the official Go client, in tests/compat, against our state server, apid and
ichorctl of release-amd64."""

import collections
import json

from common import presets
from common.presets import BUILD
from common.process import run as run_command
from common.step import Outcome, step
from common.tree import ROOT
from stages import release

MODULE = ROOT / "tests/compat"
SERVER = BUILD / "release-amd64/bin/state-server"
NODE = str(BUILD / "release-amd64/bin/ichor-node")
CTL = str(BUILD / "release-amd64/bin/ichorctl")
ENVIRONMENT = {"ICHOR_STATE_SERVER": str(SERVER), "ICHOR_CONFIG_SERVER": str(SERVER.with_name("config-server"))}
_TIMEOUT_SECONDS = 900


def run():
    """The whole stage."""
    done = release.build("amd64")
    if not done.ok:
        return done
    if not SERVER.exists():
        print(f"compat: there is no {SERVER.relative_to(ROOT)}")
        return Outcome(failed=1)
    done = step("go vet", _vet)
    return done + step("go test", _test, counts=True) if done.ok else done


def _vet():
    for module in (MODULE, MODULE / "official", MODULE / "v1.13"):
        done = presets.command(["go", "vet", "./..."], cwd=module)
        if not done.ok:
            break
    return done


def _test():
    return go_test(["./..."], {"ICHOR_NODE": NODE, "ICHOR_CTL": CTL})


def go_test(arguments, environment, timeout=_TIMEOUT_SECONDS):
    """The outcome of the module's tests that `arguments` of `go test` choose."""
    result = run_command(["go", "test", "-count=1", "-json", *arguments], cwd=MODULE, env={**ENVIRONMENT, **environment},
                         timeout=timeout, merge=False)
    outcome = count(result.stdout)
    if not result.ok and outcome.ok:  # it did not come to a test
        outcome.failed += 1
        outcome.output += result.stderr + f"go test: {result.ending()}\n"
    return outcome


def count(stream):
    """Sums up the events of `go test -json`: tests, and packages that failed without a failing test in them, with what ran when they were ended."""
    outcome, said, failed_in, under_way = Outcome(), collections.defaultdict(str), set(), collections.defaultdict(list)
    for line in stream.splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            outcome.output += f"{line}\n"
            continue
        package, test, action = event.get("Package") or event.get("ImportPath", ""), event.get("Test"), event.get("Action")
        said[package, test] += event.get("Output", "")
        if action == "run":
            under_way[package].append(test)
        elif action in ("pass", "skip", "fail") and test:
            under_way[package].remove(test)
        if action == "pass" and test:
            outcome.passed += 1
        if action == "fail" and (test or package not in failed_in):
            failed_in.add(package)
            outcome.failed += 1
            outcome.output += said[package, test]
        if action == "fail" and not test:
            outcome.output += "".join(f"{name} had not ended\n" for name in under_way[package])
    return outcome
