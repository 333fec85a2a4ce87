"""The pieces of a cluster's images, on small ones."""

import gzip
import hashlib
import pathlib
import sys
import tarfile
import tempfile
import unittest
from unittest import mock

from common.tree import ROOT

sys.path.insert(0, str(ROOT))

# pylint: disable=wrong-import-position
from cluster import contents, modules, oci, registry
from image.tree import Tree


def small_layout(directory):
    """A layout with one image of two layers under two references."""
    layout = oci.Layout(directory)
    below, above = Tree(), Tree()
    below.file("usr/bin/program", "x", b"#!/bin/sh\n" * 1000, executable=True)
    above.link("usr/bin/other", "x", "program")
    above.directory("tmp", "x", 0o1777)
    layers = [layout.layer(below), layout.layer(above)]
    layout.image(("ghcr.io/a/b:v1", "ghcr.io/a/b:v2"), "arm64", layers, {"Entrypoint": ["/usr/bin/other"]})
    layout.finish()
    return directory


def everything(directory):
    """{path: content} of a directory."""
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


class InDirectory(unittest.TestCase):
    """A test with a directory."""

    def setUp(self):
        work = tempfile.TemporaryDirectory()
        self.addCleanup(work.cleanup)
        self.work = pathlib.Path(work.name)


class LayoutTest(InDirectory):
    """oci"""

    def test_a_blob_is_what_its_name_says(self):
        layout = small_layout(self.work / "one")
        for path in (layout / "blobs/sha256").iterdir():
            self.assertEqual(hashlib.sha256(path.read_bytes()).hexdigest(), path.name)
        self.assertEqual(sorted(oci.references(layout)), ["ghcr.io/a/b:v1", "ghcr.io/a/b:v2"])

    def test_every_descriptor_leads_to_a_blob_of_its_size(self):
        layout = small_layout(self.work / "one")
        items = list(oci.closure(layout, oci.references(layout)["ghcr.io/a/b:v1"]))
        self.assertEqual([item["mediaType"] for item in items], [oci.MANIFEST, oci.CONFIG, oci.LAYER, oci.LAYER])
        for item in items:
            self.assertEqual(len((layout / "blobs" / item["digest"].replace(":", "/")).read_bytes()), item["size"])
        self.assertEqual(items[0]["platform"], {"architecture": "arm64", "os": "linux"})

    def test_a_layer_unpacks_to_its_diff_id(self):
        layout = small_layout(self.work / "one")
        _, config, *layers = oci.closure(layout, oci.references(layout)["ghcr.io/a/b:v1"])
        for layer, diff_id in zip(layers, oci.read(layout, config["digest"])["rootfs"]["diff_ids"], strict=True):
            data = gzip.decompress((layout / "blobs" / layer["digest"].replace(":", "/")).read_bytes())
            self.assertEqual("sha256:" + hashlib.sha256(data).hexdigest(), diff_id)
        with tarfile.open(layout / "blobs" / layers[1]["digest"].replace(":", "/")) as archive:
            self.assertEqual([(member.name, oct(member.mode), member.uid) for member in archive],
                             [("tmp", "0o1777", 0), ("usr", "0o755", 0), ("usr/bin", "0o755", 0), ("usr/bin/other", "0o777", 0)])
            self.assertEqual(archive.getmember("usr/bin/other").linkname, "program")

    def test_the_same_bytes_twice(self):
        self.assertEqual(everything(small_layout(self.work / "one")), everything(small_layout(self.work / "two")))


class StorageTest(InDirectory):
    """registry.write_storage"""

    def test_a_reference_without_its_registry(self):
        self.assertEqual(registry.repository("ghcr.io/siderolabs/kubelet:v1.36.0"), ("siderolabs/kubelet", "v1.36.0"))
        self.assertEqual(registry.repository("registry.k8s.io/etcd:3.7.1"), ("etcd", "3.7.1"))

    def test_tags_lead_to_blobs(self):
        layout, storage = small_layout(self.work / "layout"), self.work / "registry"
        registry.write_storage(storage, layout)
        root = storage / "docker/registry/v2"
        digest = (root / "repositories/a/b/_manifests/tags/v2/current/link").read_text()
        self.assertEqual(digest, oci.references(layout)["ghcr.io/a/b:v2"])
        for item in ({"digest": digest}, *oci.closure(layout, digest)):
            name = item["digest"].removeprefix("sha256:")
            data = (root / "blobs/sha256" / name[:2] / name / "data").read_bytes()
            self.assertEqual(hashlib.sha256(data).hexdigest(), name)
        self.assertEqual(len(list((root / "repositories/a/b/_layers/sha256").iterdir())), 3)
        self.assertEqual(len(list((root / "repositories/a/b/_manifests/revisions/sha256").iterdir())), 2)


class ContentsTest(unittest.TestCase):
    """contents.images"""

    def test_names_are_those_of_the_public_images(self):
        version = modules.default_kubernetes()
        names = [reference for image in contents.images() for reference in image.references]
        for name in (f"registry.k8s.io/kube-apiserver:{version}", f"registry.k8s.io/kube-proxy:{version}", f"ghcr.io/siderolabs/kubelet:{version}",
                     "registry.k8s.io/etcd:3.7.1", "registry.k8s.io/coredns/coredns:v1.14.7", "ghcr.io/siderolabs/flannel:0.28.9",
                     "registry.k8s.io/pause:3.10.2"):
            self.assertIn(name, names)

    def test_every_registry_is_mirrored_and_no_two_repositories_collide(self):
        names = [reference for image in contents.images() for reference in image.references]
        self.assertEqual({name.split("/")[0] for name in names}, set(registry.MIRRORED))
        self.assertEqual(len({registry.repository(name) for name in names}), len(names))


class ModulesTest(InDirectory):
    """modules"""

    def module(self, version):
        """A module that requires Kubernetes at a version."""
        (self.work / "kubernetes").mkdir(exist_ok=True)
        (self.work / "kubernetes/go.mod").write_text(f"module m\n\nrequire (\n\tk8s.io/kubernetes {version}\n)\n", encoding="utf-8")

    def test_kubernetes_is_of_the_default_release(self):
        modules.check_kubernetes_version()
        self.module("v1.2.3")
        with mock.patch.object(modules, "MODULES", self.work), self.assertRaisesRegex(modules.BuildError, "has k8s.io/kubernetes v1.2.3, .* says v1"):
            modules.check_kubernetes_version()

    def test_a_key_follows_every_file_and_the_architecture(self):
        self.module("v1.2.3")
        with mock.patch.object(modules, "MODULES", self.work):
            keys = [modules.key(modules.KUBERNETES, "amd64"), modules.key(modules.KUBERNETES, "arm64")]
            (self.work / "kubernetes/main.go").write_text("package main\n", encoding="utf-8")
            keys.append(modules.key(modules.KUBERNETES, "amd64"))
            self.assertEqual(modules.key(modules.KUBERNETES, "amd64"), keys[-1])
        self.assertEqual(len(set(keys)), 3)


if __name__ == "__main__":
    unittest.main()
