"""The root file system: Debian's files that image/root.manifest names, kernel modules, our programs, and what says who we are."""

import os
import pathlib
import re
import shutil
import tempfile
import uuid

from image import elf, manifest
from image.command import ImageError, run
from image.paths import EPOCH, HERE, ROOT, TRIPLET
from image.tree import Tree

_CERTIFICATES = "usr/share/ca-certificates/mozilla/*.crt"
# What udev looks up of its hardware database: names of network links, and of what `get pcidevices` shows.
_HARDWARE = ("20-net-ifname", "20-pci-classes", "20-pci-vendor-model", "20-usb-classes", "20-vmbus-class")
_NAMESPACE = uuid.UUID("0c5f0b1e-6c0e-5d0c-9a43-1c4ba6a0f5d1")


def version():
    """Our version: lib/base/version.h says it."""
    text = (ROOT / "lib/base/version.h").read_text(encoding="utf-8")
    found = re.search(r'\bkVersion = "([^"]+)"', text)
    if not found:
        raise ImageError("lib/base/version.h has no kVersion")
    return found[1]


def os_release():
    """The text of /usr/lib/os-release."""
    return (f'NAME="Ichor"\nID=ichor\nVERSION_ID={version()}\nPRETTY_NAME="Ichor {version()}"\n').encode()


def stable_uuid(name):
    """The same UUID for the same name, for ever."""
    return uuid.uuid5(_NAMESPACE, name)


def root_tree(packages, modules, programs, go_programs, host_packages):
    """The whole tree. `programs` is a directory, `go_programs` are by name; `host_packages` are of an architecture that runs here."""
    tree = Tree()
    links = []
    rules = manifest.read((HERE / "root.manifest").read_text(encoding="utf-8"), packages.arch, TRIPLET[packages.arch])
    for rule in rules:
        match rule.section:
            case "programs":
                tree.file(rule.path, f"ichor program {rule.source}", programs / rule.source, executable=True)
            case "go":
                tree.file(rule.path, go_programs[rule.source].origin, go_programs[rule.source].path, executable=True)
            case "files":
                tree.file(rule.path or rule.source, "ichor", HERE / "files" / rule.source)
            case "links":
                tree.link(rule.source, "ichor", rule.path)
            case "directories":
                tree.directory(rule.source, "ichor")
            case _:
                links += _take(tree, packages, rule)
    for path, package, source in links:  # a link stays one if what it leads to was taken too
        target = os.path.relpath(source.resolve(), packages.root)
        if target in tree:
            tree.link(path, package, os.path.relpath(target, os.path.dirname(path)))
        else:
            tree.file(path, package, source.resolve(), executable=os.access(source, os.X_OK))
    modules.add_to(tree, modules.unpack(modules.matching((HERE / "root.modules").read_text(encoding="utf-8"))))
    tree.file("usr/lib/os-release", "ichor", os_release())
    tree.file("etc/ssl/certs/ca-certificates.crt", "ca-certificates", _bundle(packages))
    tree.file("usr/lib/udev/hwdb.bin", "udev", _hardware_database(packages, host_packages))
    return tree


def _take(tree, packages, rule):
    """Adds the files of a package's rule. Returns its links, as (path, package, file in the extracted tree)."""
    links = []
    package = packages.resolve(rule.section)
    for found in packages.files(package, rule.source):
        source, path = packages.root / found, rule.path or found
        if source.is_symlink():
            links.append((path, package, source))
        else:
            tree.file(path, package, source, executable=os.access(source, os.X_OK))
    return links


def _bundle(packages):
    files = packages.files("ca-certificates", _CERTIFICATES)
    return b"".join((packages.root / path).read_bytes().rstrip(b"\n") + b"\n" for path in files)


def _hardware_database(packages, host_packages):
    """udev's hwdb.bin, made by its own tool: the host's, started by the extracted loader."""
    triplet = TRIPLET[host_packages.arch]
    libraries = host_packages.root / "usr/lib" / triplet
    loader = next(libraries.glob("ld-linux-*.so.*"))
    # A fixed place, since the tool writes it into its result; /tmp is this build's own.
    work = pathlib.Path(tempfile.gettempdir()) / "hwdb"
    shutil.rmtree(work, ignore_errors=True)
    directory = work / "usr/lib/udev/hwdb.d"
    directory.mkdir(parents=True)
    for name in _HARDWARE:
        shutil.copy(packages.root / f"usr/lib/udev/hwdb.d/{name}.hwdb", directory)
    run([loader, "--library-path", f"{libraries}:{libraries}/systemd", host_packages.root / "usr/bin/systemd-hwdb",
         "update", "--usr", "--strict", f"--root={work}"])
    return (directory.parent / "hwdb.bin").read_bytes()


def erofs(directory, output):
    """Packs a directory as erofs. The UUID and every time are fixed."""
    problems = sorted(elf.problems(directory))
    if problems:
        raise ImageError("image/root.manifest:\n" + "\n".join(problems))
    output.unlink(missing_ok=True)
    run(["mkfs.erofs", "--quiet", "-zlz4hc,level=9", "-C65536", f"-T{EPOCH}", "--all-root", "-x-1",
         f"-U{stable_uuid('root')}", "-Lichor", output, directory])
    size = output.stat().st_size
    with open(output, "ab") as file:
        file.truncate(-(-size // 4096) * 4096)
    return output.read_bytes()
