"""What `up` decides before anything starts."""

import dataclasses
import pathlib
import tempfile
import types
import unittest
from unittest import mock

from cluster import modules, registry
from common.tree import ROOT
from machine import main, node, spec


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
        self.assertEqual([words[index + 1] for index, word in enumerate(words) if word == "--config-patch"], ["cluster: {allowSchedulingOnControlPlanes: true}\n", "ours: 0", "a: 1", "b: 2"])
        self.assertEqual(words[words.index("--endpoints") + 1], "127.0.0.1:50007")
        self.assertEqual(words[words.index("--registry-mirror") + 1], "ghcr.io=http://m")
        self.assertEqual(words[words.index("--kubernetes-version") + 1], "1.36.1")

    def test_a_disk_is_needed(self):
        with self.assertRaisesRegex(node.NodeError, "--firmware direct has no disk"):
            node.check(options("--firmware", "direct"))


class ClusterTest(unittest.TestCase):
    """From a node to a cluster"""

    def test_a_cluster_that_has_begun_is_not_asked_for_again(self):
        self.assertIsNone(node.refusal_of(0, ""))
        self.assertIsNone(node.refusal_of(1, "error: etcd data directory is not empty\n"))

    def test_what_a_node_waits_for_before_its_cluster_begins(self):
        self.assertEqual(node.refusal_of(1, "127.0.0.1:\nerror: time is not in sync yet\n"), "time is not in sync yet")
        self.assertEqual(node.refusal_of(2, ""), "exit 2")

    def test_kubectl_goes_through_the_machine_s_port(self):
        with tempfile.TemporaryDirectory() as work:
            machine = types.SimpleNamespace(directory=pathlib.Path(work), kubernetes_port=6450)
            (machine.directory / "kubeconfig").write_text("server: https://10.0.2.15:6443\n", encoding="utf-8")
            with mock.patch.object(node, "_ctl"):
                node.write_kubeconfig(machine)
            self.assertEqual((machine.directory / "kubeconfig").read_text(encoding="utf-8"), "server: https://127.0.0.1:6450\n")

    def test_ports_of_the_host(self):
        machine = spec.Machine("n", pathlib.Path("/d"), "amd64", "bios", 1, (), 50001)
        forwards = [word for word in spec.qemu(machine) if word.startswith("user,")]
        self.assertEqual(forwards, ["user,id=net0,hostfwd=tcp:127.0.0.1:50001-:50000"])
        machine = dataclasses.replace(machine, kubernetes_port=6444)
        self.assertIn("user,id=net0,hostfwd=tcp:127.0.0.1:50001-:50000,hostfwd=tcp:127.0.0.1:6444-:6443", spec.qemu(machine))

    def test_the_words_that_reach_it(self):
        machine = types.SimpleNamespace(name="n1", directory=ROOT / "build/qemu/n1")
        self.assertIn("kubectl --kubeconfig build/qemu/n1/kubeconfig get pods -A", main.how_to_use(machine, True))
        self.assertTrue(main.how_to_use(machine, False).endswith("--talosconfig build/qemu/n1/talosconfig --nodes 127.0.0.1 bootstrap"))


class ReadyTest(unittest.TestCase):
    """node.missing_of"""

    def test_what_a_node_waits_for(self):
        time = {"name": "time", "reason": "time is not synced"}
        self.assertEqual(node.missing_of({"stage": "booting", "status": {"ready": False}}), ["stage booting"])
        self.assertEqual(node.missing_of({"stage": "running", "status": {"ready": False, "unmetConditions": [time]}}), ["time: time is not synced"])
        self.assertEqual(node.missing_of({"stage": "running", "status": {"ready": False, "unmetConditions": [time]}}, ("time",)), [])
        self.assertEqual(node.missing_of({"stage": "running", "status": {"ready": False}}), ["not ready"])
        self.assertEqual(node.missing_of({"stage": "running", "status": {"ready": True, "unmetConditions": []}}), [])


if __name__ == "__main__":
    unittest.main()
