"""etcd and an API server of Kubernetes, as processes of this host, with a kubeconfig of their administrator."""

import pathlib
import ssl
import subprocess
import time
import urllib.request

from cluster import modules
from machine import running

_ETCD_PORT = 50700
_API_PORT = 50800
_READY_SECONDS = 60


class ControlPlane:
    """Runs from `with` to its end; `kubeconfig` is a file then."""

    def __init__(self, work, arch):
        self.work, self.arch, self.processes = pathlib.Path(work), arch, []
        self.kubeconfig = self.work / "kubeconfig"

    def __enter__(self):
        try:
            self._certificates()
            etcd, peer, port = (running.free_port(at) for at in (_ETCD_PORT, _ETCD_PORT + 50, _API_PORT))
            self._start("etcd", modules.build(modules.ETCD, self.arch) / "etcd", f"--data-dir={self.work}/data", f"--listen-client-urls=http://127.0.0.1:{etcd}",
                        f"--advertise-client-urls=http://127.0.0.1:{etcd}", f"--listen-peer-urls=http://127.0.0.1:{peer}")
            self._start("kube-apiserver", modules.build(modules.KUBERNETES, self.arch) / "kubernetes", f"--etcd-servers=http://127.0.0.1:{etcd}", f"--secure-port={port}",
                        *self._flags())
            self._write_kubeconfig(port)
            self._wait(port)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in self.processes:  # an API server that is asked to end waits for minutes
            process.kill()
            process.wait()

    def _openssl(self, *words):
        subprocess.run(["openssl", *words], cwd=self.work, check=True, capture_output=True)

    def _certificates(self):
        new = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")
        self._openssl(*new, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=kubernetes", "-addext", "keyUsage=critical,keyCertSign")
        signed = (*new, "-CA", "ca.crt", "-CAkey", "ca.key", "-addext", "basicConstraints=critical,CA:false")
        self._openssl(*signed, "-keyout", "server.key", "-out", "server.crt", "-subj", "/CN=kube-apiserver", "-addext",
                      "subjectAltName=IP:127.0.0.1", "-addext", "extendedKeyUsage=serverAuth")
        self._openssl(*signed, "-keyout", "admin.key", "-out", "admin.crt", "-subj", "/O=system:masters/CN=admin", "-addext",
                      "extendedKeyUsage=clientAuth")
        self._openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "accounts.key")

    def _flags(self):
        at = self.work
        return (f"--tls-cert-file={at}/server.crt", f"--tls-private-key-file={at}/server.key", f"--client-ca-file={at}/ca.crt",
                f"--service-account-key-file={at}/accounts.key", f"--service-account-signing-key-file={at}/accounts.key",
                "--service-account-issuer=https://127.0.0.1", "--service-cluster-ip-range=10.96.0.0/12,fd02::/112", "--bind-address=127.0.0.1",
                "--allow-privileged", "--authorization-mode=Node,RBAC", "--enable-bootstrap-token-auth", f"--cert-dir={at}")

    def _start(self, name, path, *arguments):
        with (self.work / f"{name}.log").open("wb") as output:
            self.processes.append(subprocess.Popen([name, *arguments], executable=path, stdout=output, stderr=output))

    def _write_kubeconfig(self, port):
        at = self.work
        self.kubeconfig.write_text(
            "apiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\n"
            f"clusters: [{{name: c, cluster: {{server: 'https://127.0.0.1:{port}', certificate-authority: {at}/ca.crt}}}}]\n"
            f"users: [{{name: u, user: {{client-certificate: {at}/admin.crt, client-key: {at}/admin.key}}}}]\n", encoding="utf-8")

    def _wait(self, port):
        context = ssl.create_default_context(cafile=self.work / "ca.crt")
        context.load_cert_chain(self.work / "admin.crt", self.work / "admin.key")
        end = time.monotonic() + _READY_SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"https://127.0.0.1:{port}/readyz", context=context, timeout=10):
                    return
            except OSError as error:
                if time.monotonic() > end or any(process.poll() is not None for process in self.processes):
                    log = (self.work / "kube-apiserver.log").read_text(encoding="utf-8", errors="replace")
                    raise RuntimeError(f"the API server is not ready: {error}\n{log[-4000:]}") from error
                time.sleep(0.5)
