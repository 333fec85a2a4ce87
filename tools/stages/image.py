"""The stage "image": both architectures' images are made, hold what they promise, and come out the same twice."""

import hashlib
import shutil
import subprocess
import sys

from common import presets
from common.presets import BUILD
from common.step import Outcome, check, step
from common.tree import ROOT

sys.path.insert(0, str(ROOT))

# pylint: disable=wrong-import-position
from image import cpio, gpt, slot, verity, walker
from image.boards import BOARDS

_PROGRAMS = ("stage1", "coldplug", "container-log", "init", "ichor-node")
_RESULTS = ("kernel", "initramfs", "initramfs-pxe", "microcode", "cmdline", "disk.raw", "manifest.txt", "sbom.spdx.json")
_MIB = 1 << 20
# Limits in MiB: what a download and a machine's memory may be asked for.
_LIMITS = {"root.erofs": 170, "disk.raw.zst": 150, "initramfs-pxe": 200}
_BOOT_LIMITS = {"amd64": 24, "arm64": 48}


def run(long):
    """The whole stage. The second build is of amd64, with --long of arm64 too."""
    total = Outcome()
    for arch in ("amd64", "arm64"):
        done = presets.build(f"release-{arch}", _PROGRAMS)
        if done.ok:
            done += step(f"image {arch}", _build, arch, BUILD / "image" / arch)
        if done.ok:
            done += step(f"image {arch}: what is in it", _inspect, arch, counts=True)
        if done.ok and (long or arch == "amd64"):
            again = BUILD / "image/again"
            done += step(f"image {arch} again", _build, arch, again)
            done += step(f"image {arch}: the same bytes", _compare, BUILD / "image" / arch, again, counts=True)
            shutil.rmtree(again, ignore_errors=True)
        total += done
    return total


def _build(arch, output):
    return presets.command([sys.executable, "-B", "-m", "image.build", arch, f"--output={output}"], cwd=ROOT)


def _digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _compare(one, other):
    return check(f"{name} differs" for name in _RESULTS if _digest(one / name) != _digest(other / name))


def _inspect(arch):
    """Every check by itself, so that one that fails hides no other."""
    out, work = BUILD / "image" / arch, BUILD / "image" / f"{arch}.unpacked"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    total = Outcome()
    for one in (_partitions, _slot, _walk, _microcode, _install, _sizes):
        outcome = check(one(arch, out, work))
        total = Outcome(total.passed + outcome.passed, total.failed + outcome.failed, total.output + outcome.output)
    shutil.rmtree(work)
    return total


def _tool(*argv):
    """A text if a tool refuses."""
    done = subprocess.run([str(word) for word in argv], capture_output=True, text=True, check=False)
    if done.returncode:
        yield f"{argv[0]}: exit code {done.returncode}\n{done.stdout}{done.stderr}"


def _partition(arch, out, label):
    """The bytes of a partition of disk.raw."""
    offset = gpt.offsets(BOARDS[arch])[0][label]
    size = next(partition.size for partition in BOARDS[arch] if partition.label == label)
    with open(out / "disk.raw", "rb") as file:
        file.seek(offset)
        return file.read(size)


def _partitions(arch, out, work):
    """The table as sfdisk reads it, the EFI partition as fsck.vfat does."""
    yield from _tool("sfdisk", "--verify", "--quiet", out / "disk.raw")
    (work / "efi").write_bytes(_partition(arch, out, "EFI"))
    yield from _tool("fsck.vfat", "-n", work / "efi")
    (work / "efi").unlink()
    if _partition(arch, out, "META").strip(b"\0"):
        yield "META is not empty"


def _slot(arch, out, work):
    """The slot of the disk and of RAM media, and the dm-verity tree as veritysetup reads it."""
    data = _partition(arch, out, "ROOT-A")
    root = hashlib.sha256(data[:slot.HEADER_BYTES]).hexdigest()
    if f"ichor.root={root}" not in (out / "cmdline").read_text(encoding="utf-8").split():
        yield f"the command line does not name the header's hash {root}"
    [(name, base)] = slot.images(data)
    (work / "base").write_bytes(base)
    salt = hashlib.sha256(base).digest()
    hashes, top = verity.tree(base, salt)
    (work / "hashes").write_bytes(hashes)
    if hashes not in data:
        yield f"the tree behind {name} is not that of its bytes"
    yield from _tool("veritysetup", "verify", "--no-superblock", "--format=1", "--hash=sha256", "--data-block-size=4096",
                     "--hash-block-size=4096", f"--data-blocks={len(base) // 4096}", f"--salt={salt.hex()}",
                     work / "base", work / "hashes", top.hex())


def _walk(_, out, work):
    """The root as it comes out of the image: what must not be there, and what the manifest does not name."""
    root = work / "root"
    yield from _tool("fsck.erofs", f"--extract={root}", work / "base")
    yield from walker.problems(root)
    named = {}
    for line in (out / "manifest.txt").read_text(encoding="utf-8").splitlines():
        part, path, _, what = line.split("\t")
        if part == "root":
            named[path] = what
    for path in root.rglob("*"):
        inside = f"/{path.relative_to(root)}"
        if path.is_symlink():
            found = f"-> {path.readlink()}"
        elif path.is_file():
            found = f"sha256:{_digest(path)}"
        else:
            continue
        if named.pop(inside, None) != found:
            yield f"{inside} is not what manifest.txt says"
    yield from (f"{path} of manifest.txt is not there" for path in named)


def _microcode(arch, out, _):
    """For each vendor there is microcode, uncompressed, before all else that a loader gives to the kernel."""
    early = (out / "microcode").read_bytes()
    for vendor in ("AuthenticAMD", "GenuineIntel") if arch == "amd64" else ():
        if f"kernel/x86/microcode/{vendor}.bin\0".encode() not in early:
            yield f"there is no microcode of {vendor}"
    if not (out / "initramfs-pxe").read_bytes().startswith(early):
        yield "initramfs-pxe does not begin with the microcode"
    if early and _partition(arch, out, "EFI").count(early[:4096]) != 2:
        yield "the UKI and GRUB's files do not both have the microcode"


def _install(arch, out, work):
    """Of the plan that RAM media carry, the EFI partition of disk.raw comes out, file by file, and GRUB and the slot beside it."""
    archive = (out / "initramfs-pxe").read_bytes()[len((out / "microcode").read_bytes()):]
    beside, end = cpio.files(archive)
    (work / "install.zst").write_bytes(archive[end:])
    # The tool takes one archive after the other, and stops at what is none.
    unpacked = subprocess.run(["zstd", "--decompress", "--stdout", work / "install.zst"], capture_output=True, check=False).stdout
    inside, _ = cpio.files(unpacked)
    beside |= {path.removeprefix("install/"): data for path, data in inside.items()}
    if (out / "microcode").stat().st_size:
        early, _ = cpio.files((out / "microcode").read_bytes())
        beside |= {path.removeprefix("kernel/x86/"): data for path, data in early.items() if path.startswith("kernel/x86/microcode/")}
    wanted = {}
    for line in (out / "manifest.txt").read_text(encoding="utf-8").splitlines():
        part, path, _, what = line.split("\t")
        if part == "efi":
            wanted[path] = what
    for line in beside["plan"].decode().splitlines():
        match line.split():
            case ["file", path, *pieces]:
                if wanted.pop(f"/{path}", None) != f"sha256:{hashlib.sha256(_pieces(beside, pieces)).hexdigest()}":
                    yield f"an install would write another /{path} than disk.raw has"
            case ["bytes", label, offset, *pieces]:
                data = _pieces(beside, pieces)
                if _partition(arch, out, label)[int(offset):int(offset) + len(data)] != data:
                    yield f"an install would write another {label} than disk.raw has"
            case ["boot-code", *pieces]:
                with open(out / "disk.raw", "rb") as file:
                    if file.read(440) != _pieces(beside, pieces):
                        yield "an install would write another boot code than disk.raw has"
    yield from (f"an install would not write {path}" for path in wanted)


def _pieces(files, words):
    """The bytes that FILE OFFSET SIZE, and again, stand for."""
    return b"".join(files[name][int(offset):int(offset) + int(size)]
                    for name, offset, size in zip(words[::3], words[1::3], words[2::3]))


def _sizes(arch, out, _):
    for name, limit in _LIMITS.items():
        if (out / name).stat().st_size > limit * _MIB:
            yield f"{name} has {(out / name).stat().st_size / _MIB:.1f} MiB, more than {limit}"
    boot = sum((out / name).stat().st_size for name in ("kernel", "initramfs"))
    if boot > _BOOT_LIMITS[arch] * _MIB:
        yield f"kernel and initramfs have {boot / _MIB:.1f} MiB, more than {_BOOT_LIMITS[arch]}"
