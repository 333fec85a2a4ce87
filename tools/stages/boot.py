"""The stage "boot": real images in QEMU."""

from common import presets
from common.presets import BUILD
from common.process import run as run_command
from common.step import Outcome, step
from common.tree import ROOT
from machine import accelerator
from machine.spec import host_arch
from stages import programs

_TEST = "qemu_boot_test"
_TIMEOUT_SECONDS = 3600


def run():
    """Both images, which the stage "image" makes too, then every test."""
    total = Outcome()
    for arch in ("amd64", "arm64"):
        if not (BUILD / "image" / arch / "disk.raw").exists():
            total += Outcome(failed=1)
            print(f"boot: there is no image for {arch}: ./ichor image {arch}")
    total += presets.build("dev", [_TEST])
    if total.ok:
        total += step(_TEST, _run, counts=True)
    return total


def _run():
    environment = {"ICHOR_ACCELERATOR": accelerator.choose(host_arch())}
    result = run_command([BUILD / "dev/bin" / _TEST], cwd=ROOT, env=environment, timeout=_TIMEOUT_SECONDS)
    outcome = programs.count(result)
    if not outcome.ok:
        outcome.output = f"{result.output}\n{_TEST}: {result.ending()}\n"
    return outcome
