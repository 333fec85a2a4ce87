"""The pieces of an image, on small ones."""

import hashlib
import io
import pathlib
import struct
import sys
import tempfile
import types
import unittest
import uuid
import zlib

from common.process import run
from common.tree import ROOT

sys.path.insert(0, str(ROOT))

# pylint: disable=wrong-import-position
from image import cmdline, cpio, gpt, initramfs, manifest, modules, slot, verity, walker
from image.boards import BOARDS, Partition
from image.command import ImageError
from image.tree import Tree


class TreeTest(unittest.TestCase):
    """Tree and what is packed from it"""

    def test_a_path_is_taken_once(self):
        tree = Tree()
        tree.file("etc/hosts", "a", b"")
        with self.assertRaisesRegex(ImageError, "/etc/hosts of b is there already, from a"):
            tree.file("etc/hosts", "b", b"")
        self.assertEqual([entry.path for entry in tree.entries()], ["etc", "etc/hosts"])

    def test_cpio_reads_the_archive(self):
        tree = Tree()
        tree.file("init", "x", b"#", executable=True)
        tree.link("lib/a", "x", "../init")
        with tempfile.TemporaryDirectory() as work:
            path = pathlib.Path(work) / "archive"
            path.write_bytes(cpio.archive(tree.entries()))
            listed = run(["sh", "-c", f"cpio -tv --quiet --numeric-uid-gid <{path}"]).stdout
        self.assertEqual([line.split()[0] for line in listed.splitlines()], ["-rwxr-xr-x", "drwxr-xr-x", "lrwxrwxrwx"])
        self.assertEqual({tuple(line.split()[2:4]) for line in listed.splitlines()}, {("0", "0")})


class MicrocodeTest(unittest.TestCase):
    """initramfs.microcode"""

    def test_a_file_per_vendor_before_all_else(self):
        with tempfile.TemporaryDirectory() as work:
            files = {"amd64-microcode": ["a.bin", "b.bin"], "intel-microcode": ["06-01-01"]}
            for name in sum(files.values(), []):
                (pathlib.Path(work) / name).write_bytes(name.encode() * 3)
            packages = types.SimpleNamespace(arch="amd64", root=pathlib.Path(work), files=lambda package, _: files[package])
            tree = initramfs.microcode_tree(packages)
            packages.arch = "arm64"
            self.assertEqual(initramfs.microcode(initramfs.microcode_tree(packages)), b"")
        content = {entry.path: entry.content() for entry in tree.entries() if entry.is_file}
        self.assertEqual(content, {"kernel/x86/microcode/AuthenticAMD.bin": b"a.bin" * 3 + b"b.bin" * 3,
                                   "kernel/x86/microcode/GenuineIntel.bin": b"06-01-01" * 3})
        self.assertEqual(len(initramfs.microcode(tree)) % 4, 0)


class VerityTest(unittest.TestCase):
    """verity.tree and slot.build"""

    def test_levels(self):
        salt, block = b"s" * 32, b"x" * verity.BLOCK
        digest = hashlib.sha256(salt + block).digest()
        self.assertEqual(verity.tree(block, salt), (b"", digest))
        top = (digest * 2).ljust(verity.BLOCK, b"\0")
        self.assertEqual(verity.tree(block * 2, salt), (top, hashlib.sha256(salt + top).digest()))
        tree, _ = verity.tree(block * 129, salt)
        self.assertEqual(len(tree), 3 * verity.BLOCK)  # the top level, then two blocks of digests

    def test_a_slot_says_where_its_images_are(self):
        images = [("base", b"a" * 8192), ("extension", b"b" * 4096)]
        built = slot.build(images)
        self.assertEqual(slot.images(built.data), images)
        self.assertEqual(built.root, hashlib.sha256(built.data[:slot.HEADER_BYTES]).hexdigest())
        first, second = (struct.unpack_from("<Q", built.data, 64 + 256 * index + 64)[0] for index in range(2))
        self.assertEqual((first, second), (1 << 20, 2 << 20))


class GptTest(unittest.TestCase):
    """gpt.write"""

    def test_both_copies(self):
        partitions = (Partition("A", str(uuid.UUID(int=1)), 1 << 20), Partition("B", str(uuid.UUID(int=2)), 3 << 20))
        where, size = gpt.offsets(partitions)
        self.assertEqual((where, size), ({"A": 1 << 20, "B": 2 << 20}, 6 << 20))
        file = io.BytesIO(bytes(size))
        gpt.write(file, size, partitions, lambda label: uuid.uuid5(uuid.NAMESPACE_DNS, label))
        data = file.getvalue()
        for sector in (1, size // 512 - 1):
            header = bytearray(data[sector * 512:sector * 512 + 92])
            self.assertEqual(header[:8], b"EFI PART")
            said = struct.unpack_from("<I", header, 16)[0]
            struct.pack_into("<I", header, 16, 0)
            self.assertEqual(zlib.crc32(header), said)
            table = struct.unpack_from("<Q", header, 72)[0] * 512
            self.assertEqual(struct.unpack_from("<QQ", data, table + 128 + 32), (4096, 10239))

    def test_boards_begin_with_the_efi_partition(self):
        self.assertEqual({board[0].label for board in BOARDS.values()}, {"EFI"})


class TextTest(unittest.TestCase):
    """What is read from text"""

    def test_manifest(self):
        text = "kmod  # what\n  usr/bin/kmod\n  amd64: usr/lib/{triplet}/a.so -> b\n  arm64: c\n"
        rules = manifest.read(text, "amd64", "x86_64-linux-gnu")
        self.assertEqual([(rule.section, rule.source, rule.path) for rule in rules],
                         [("kmod", "usr/bin/kmod", None), ("kmod", "usr/lib/x86_64-linux-gnu/a.so", "b")])
        with self.assertRaisesRegex(ImageError, "root.manifest:1: expected a section"):
            manifest.read("  a\n", "amd64", "t")

    def test_command_line(self):
        self.assertIn(" ichor.slot=A ", cmdline.base("amd64", "0" * 64, "A"))
        self.assertNotIn("ichor.slot", cmdline.base("arm64", "0" * 64))
        for wrong in ("a" * 2000, 'a="b c"', "a=$b", "a\nb"):
            with self.assertRaises(ImageError):
                cmdline.checked(wrong)

    def test_modules(self):
        self.assertEqual(modules.module_name("kernel/a/dm-mod.ko.xz"), "dm_mod")
        self.assertEqual(modules.dependencies(b"\0license=GPL\0depends=a-b,c\0"), {"a_b", "c"})
        self.assertEqual(modules.dependencies(b"\0depends=\0"), set())


class WalkerTest(unittest.TestCase):
    """walker.problems"""

    def test_each_promise(self):
        with tempfile.TemporaryDirectory() as work:
            root = pathlib.Path(work) / "root"
            (root / "usr/bin").mkdir(parents=True, mode=0o755)
            for path in (root, root / "usr", root / "usr/bin"):
                path.chmod(0o755)
            good = root / "usr/bin/good"
            good.write_bytes(b"\x7fELF")
            good.chmod(0o755)
            (root / "etc-mtab").symlink_to("proc/self/mounts")
            self.assertEqual(list(walker.problems(root)), [])
            for name, mode, data in (("busybox", 0o755, b""), ("python3.13", 0o755, b""), ("a", 0o4755, b""), ("b", 0o666, b""),
                                     ("c", 0o755, b"#!/bin/good")):
                (root / "usr/bin" / name).write_bytes(data)
                (root / "usr/bin" / name).chmod(mode)
            (root / "link").symlink_to("/etc")
            (root / "opt/cni/bin").mkdir(parents=True)
            for path in ("opt/other", "opt/cni/bin/good"):
                (root / path).write_bytes(b"\x7fELF")
                (root / path).chmod(0o755)
            (root / "open").mkdir()
            (root / "open").chmod(0o1777)
            found = sorted(walker.problems(root))
        self.assertEqual([text.split(":")[0] for text in found],
                         ["/link", "/open", "/opt/other", "/usr/bin/a", "/usr/bin/b", "/usr/bin/busybox", "/usr/bin/c", "/usr/bin/python3.13"])


if __name__ == "__main__":
    unittest.main()
