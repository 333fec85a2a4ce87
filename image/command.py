"""Runs the tools of the build root."""

import os
import subprocess

from image.paths import EPOCH


class ImageError(Exception):
    """What stops an image from being made; the text names the thing."""


def run(argv, data=None, cwd=None, env=None):
    """Runs a command to its end and returns what it wrote to standard output. Its errors are in the ImageError. `env` is added to
    the environment."""
    environment = {**os.environ, **(env or {}), "SOURCE_DATE_EPOCH": str(EPOCH), "TZ": "UTC", "LC_ALL": "C.UTF-8", "MTOOLS_SKIP_CHECK": "1"}
    argv = [str(argument) for argument in argv]
    done = subprocess.run(argv, input=data, cwd=cwd, env=environment, capture_output=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).decode("utf-8", "replace").strip()
        raise ImageError(f"{' '.join(argv)}: exit code {done.returncode}\n{said}")
    return done.stdout
