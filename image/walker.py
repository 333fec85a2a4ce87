"""Walks a root tree and names what must not be in it. The tree is one that was unpacked from a finished image."""

import os
import stat

# Interpreters and package managers by name, wherever they are. kmod, udevadm and our own programs are none.
_FORBIDDEN = {
    "ash", "awk", "bash", "busybox", "csh", "dash", "fish", "gawk", "ksh", "mawk", "sh", "tcsh", "toybox", "zsh",
    "expect", "guile", "lua", "node", "nodejs", "perl", "php", "python", "python3", "ruby", "tclsh", "m4", "bc", "dc", "ed",
    "vi", "vim", "nano", "apk", "apt", "apt-get", "dnf", "dpkg", "flatpak", "opkg", "pacman", "pip", "pip3", "rpm", "snap", "yum",
    "su", "sudo", "login", "sshd", "ssh", "telnetd", "gdb", "strace", "env", "xargs", "find", "chroot", "unshare", "nsenter",
}
_SCRIPT = b"#!"
# Where programs may be. containerd and pods look for network plugins in the last.
_PROGRAMS = ("/usr/bin/", "/usr/sbin/", "/usr/lib/", "/opt/cni/bin/")
# What a stem such as python3.13 comes down to.
_VERSION = "0123456789.-"


def problems(root):
    """A text for each thing in the tree that breaks a promise."""
    root = os.path.abspath(root)
    for directory, names, files in os.walk(root):
        for name in [""] * (directory == root) + sorted(names) + sorted(files):
            path = os.path.join(directory, name).rstrip("/")
            yield from (f"/{os.path.relpath(path, root).lstrip('.')}: {text}" for text in _problems_of(root, path))


def _problems_of(root, path):
    status = os.lstat(path)
    name = os.path.basename(path)
    if stat.S_ISLNK(status.st_mode):
        yield from _problems_of_link(root, path, name)
        return
    if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
        yield "neither file, directory nor link"
        return
    if status.st_mode & (stat.S_ISUID | stat.S_ISGID):
        yield "setuid or setgid"
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        yield "others than its owner may write it"
    if "security.capability" in os.listxattr(path, follow_symlinks=False):
        yield "has file capabilities"
    if stat.S_ISREG(status.st_mode):
        if _is_forbidden(name):
            yield "a shell, an interpreter, a package manager or their like"
        with open(path, "rb") as file:
            if file.read(2) == _SCRIPT:
                yield "a script"
        if status.st_mode & 0o111 and not path.removeprefix(root).startswith(_PROGRAMS):
            yield "a program outside of /usr/bin, /usr/sbin, /usr/lib and /opt/cni/bin"


def _problems_of_link(root, path, name):
    target = os.readlink(path)
    if os.path.isabs(target):
        yield f"an absolute link, to {target}"
    elif not os.path.realpath(path).startswith(f"{root}/"):
        yield f"a link out of the root, to {target}"
    elif not os.path.exists(path) and not os.path.realpath(path).startswith((f"{root}/proc/", f"{root}/run/", f"{root}/system/")):
        yield f"a link to {target}, which is not there"
    if _is_forbidden(name):
        yield "the name of a shell, an interpreter, a package manager or their like"


def _is_forbidden(name):
    return name in _FORBIDDEN or name.rstrip(_VERSION) in _FORBIDDEN
