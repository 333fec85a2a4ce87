"""What `up` decides before anything starts."""

import pathlib
import types
import unittest
from unittest import mock

from cluster import modules, registry
from machine import main, node


def options(*words):
    """What the command line gives for `up` with these words."""
    with mock.patch("sys.argv", ["ichor", "up", *words]):
        return main.arguments()


class ImagesTest(unittest.TestCase):
    """Where a node's images come from"""

    def local(self, answers, *words):
        """Whether from here, if the public registry answers or not."""
        with mock.patch.object(registry, "answers", return_value=answers):
            return node.wants_local_images(options(*words))

    def test_from_here_if_there_is_no_internet(self):
        self.assertTrue(self.local(False))
        self.assertFalse(self.local(True))

    def test_never_beside_a_mirror_that_somebody_named(self):
        self.assertFalse(self.local(False, "--registry-mirror", "ghcr.io=http://10.0.0.1"))
        with self.assertRaisesRegex(node.NodeError, "--images local and --registry-mirror exclude each other"):
            node.check(options("--images", "local", "--registry-mirror", "ghcr.io=http://10.0.0.1"))

    def test_as_it_is_said(self):
        self.assertTrue(self.local(True, "--images", "local"))
        self.assertFalse(self.local(False, "--images=public"))

    def test_of_one_release_only(self):
        machine = types.SimpleNamespace(arch="amd64", directory=pathlib.Path("/nonexistent"))
        with self.assertRaisesRegex(node.NodeError, f"the images that are made here are of {modules.default_kubernetes()}; another"):
            node.serve_images(machine, options("--kubernetes-version", "1.30.0"))


class ConfigTest(unittest.TestCase):
    """node.make_config"""

    def test_what_was_asked_for_comes_after_what_we_add(self):
        machine = types.SimpleNamespace(name="n1", directory=pathlib.Path("/d"), api_port=50007)
        asked = options("--config-patch", "a: 1", "--config-patch", "b: 2", "--registry-mirror", "ghcr.io=http://m", "--kubernetes-version", "1.36.1")
        with mock.patch.object(node, "_ctl") as ctl:
            node.make_config(machine, asked, ["--config-patch", "ours: 0"])
        words = ctl.call_args.args[0]
        self.assertEqual([words[index + 1] for index, word in enumerate(words) if word == "--config-patch"], ["ours: 0", "a: 1", "b: 2"])
        self.assertEqual(words[words.index("--endpoints") + 1], "127.0.0.1:50007")
        self.assertEqual(words[words.index("--registry-mirror") + 1], "ghcr.io=http://m")
        self.assertEqual(words[words.index("--kubernetes-version") + 1], "1.36.1")

    def test_a_disk_is_needed(self):
        with self.assertRaisesRegex(node.NodeError, "--firmware direct has no disk"):
            node.check(options("--firmware", "direct"))


class ReadyTest(unittest.TestCase):
    """node.missing_of"""

    def test_what_a_node_waits_for(self):
        time = {"name": "time", "reason": "time is not synced"}
        self.assertEqual(node.missing_of({"stage": "booting", "status": {"ready": False}}), ["stage booting"])
        self.assertEqual(node.missing_of({"stage": "running", "status": {"ready": False, "unmetConditions": [time]}}), ["time: time is not synced"])
        self.assertEqual(node.missing_of({"stage": "running", "status": {"ready": False}}), ["not ready"])
        self.assertEqual(node.missing_of({"stage": "running", "status": {"ready": True, "unmetConditions": []}}), [])


if __name__ == "__main__":
    unittest.main()
