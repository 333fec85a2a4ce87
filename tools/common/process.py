"""Runs commands: their whole output, a time limit that ends their children too, several at once."""

import concurrent.futures
import dataclasses
import os
import signal
import subprocess
import threading

CPUS = os.process_cpu_count() or 1

_running = set()
_running_lock = threading.Lock()


@dataclasses.dataclass(frozen=True)
class Run:
    """How a command ended. `code` is negative for a signal, as in subprocess; None after a timeout."""

    argv: list
    code: int | None
    stdout: str
    stderr: str

    @property
    def ok(self):
        return self.code == 0

    @property
    def output(self):
        return self.stdout + self.stderr

    def ending(self):
        """The ending as words, for a message: "exit 1", "killed by SIGSEGV", "timeout"."""
        if self.code is None:
            return "timeout"
        if self.code < 0:
            return f"killed by {signal.Signals(-self.code).name}"
        return f"exit {self.code}"


def run(argv, cwd=None, env=None, timeout=None, merge=True):
    """Runs argv to its end, with the variables of `env` besides ours. With `merge` stderr is in `stdout`."""
    argv = [str(word) for word in argv]
    process = subprocess.Popen(
        argv, cwd=cwd, env={**os.environ, **(env or {})}, text=True, errors="replace", start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT if merge else subprocess.PIPE)
    with _running_lock:
        _running.add(process)
    try:
        stdout, stderr = process.communicate(timeout=timeout)
        code = process.returncode
    except subprocess.TimeoutExpired:
        _kill_group(process)
        stdout, stderr = process.communicate()
        code = None
    finally:
        with _running_lock:
            _running.discard(process)
    return Run(argv, code, stdout or "", stderr or "")


def parallel(function, items, workers=CPUS):
    """The results of function(item), in the order of items, computed by several threads."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=workers) as pool:
        futures = [pool.submit(function, item) for item in items]
        try:
            return [future.result() for future in futures]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            kill_all()
            raise


def kill_all():
    """Ends every command that still runs, with its children."""
    with _running_lock:
        for process in _running:
            _kill_group(process)


def _kill_group(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # it has just ended


def interruptible(main):
    """Runs main() and exits with its result. Ctrl-C and SIGTERM end the commands it started, without a traceback."""

    def interrupt(_number, _frame):
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    try:
        code = main()
    except KeyboardInterrupt:
        kill_all()
        print("interrupted", flush=True)
        code = 130
    raise SystemExit(code)
