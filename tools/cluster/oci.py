"""Writes images as the OCI image specification lays them out in a directory. The same input gives the same bytes."""

import contextlib
import dataclasses
import gzip
import hashlib
import io
import json
import sys
import tarfile

from common.tree import ROOT

sys.path.insert(0, str(ROOT))

# pylint: disable=wrong-import-position
from image.paths import EPOCH

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
_CREATED = "2026-01-01T00:00:00Z"  # EPOCH in words
_REFERENCE = "org.opencontainers.image.ref.name"
_CHUNK = 1 << 20


@dataclasses.dataclass(frozen=True)
class Layer:
    """A layer that was written: its descriptor, and the digest of its tar archive."""

    descriptor: dict
    diff_id: str


class _Digest(io.RawIOBase):
    """Passes bytes on, and notes their number and digest."""

    def __init__(self, file):
        self._file = file
        self._sha256 = hashlib.sha256()
        self.size = 0

    def writable(self):
        return True

    def write(self, data):
        self._sha256.update(data)
        self.size += len(data)
        return self._file.write(data)

    @property
    def digest(self):
        """Of what was written so far."""
        return f"sha256:{self._sha256.hexdigest()}"


def _json(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _member(entry):
    member = tarfile.TarInfo(entry.path)
    member.mode, member.mtime = entry.mode, EPOCH
    if entry.target is not None:
        member.type, member.linkname = tarfile.SYMTYPE, entry.target
    elif not entry.is_file:
        member.type = tarfile.DIRTYPE
    else:
        member.size = len(entry.data) if entry.data is not None else entry.source.stat().st_size
    return member


def _content(entry):
    return open(entry.source, "rb") if entry.source is not None else contextlib.closing(io.BytesIO(entry.data or b""))


class Layout:
    """A layout directory that is being written. Nobody else writes there."""

    def __init__(self, directory):
        self.directory = directory
        self._descriptors = []
        (directory / "blobs/sha256").mkdir(parents=True)

    def path(self, digest):
        """The file of a blob."""
        return self.directory / "blobs" / digest.replace(":", "/")

    def layer(self, tree):
        """Adds the layer of a Tree's entries, all of which belong to root."""
        new = self.directory / "blobs/layer"
        with open(new, "wb") as file:
            outer = _Digest(file)
            with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=outer, mtime=0) as zipped:
                inner = _Digest(zipped)
                with tarfile.open(fileobj=inner, mode="w|", format=tarfile.PAX_FORMAT, bufsize=_CHUNK) as archive:
                    for entry in tree.entries():
                        with _content(entry) as content:
                            archive.addfile(_member(entry), content)
        new.rename(self.path(outer.digest))
        return Layer({"mediaType": LAYER, "digest": outer.digest, "size": outer.size}, inner.digest)

    def image(self, references, arch, layers, config):
        """Adds an image of one architecture under each of its references; `config` is the part `config` of its configuration."""
        manifest = {
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": self._blob(CONFIG, {
                "architecture": arch, "os": "linux", "created": _CREATED, "config": config,
                "rootfs": {"type": "layers", "diff_ids": [layer.diff_id for layer in layers]},
                "history": [{"created": _CREATED, "created_by": "tools/cluster"} for _ in layers]}),
            "layers": [layer.descriptor for layer in layers]}
        platform = {"platform": {"architecture": arch, "os": "linux"}}
        index = self._blob(INDEX, {"schemaVersion": 2, "mediaType": INDEX, "manifests": [{**self._blob(MANIFEST, manifest), **platform}]})
        self._descriptors += [{**index, "annotations": {_REFERENCE: reference}} for reference in references]

    def finish(self):
        """Writes what makes the directory a layout."""
        (self.directory / "oci-layout").write_bytes(_json({"imageLayoutVersion": "1.0.0"}))
        (self.directory / "index.json").write_bytes(_json({"schemaVersion": 2, "mediaType": INDEX, "manifests": self._descriptors}))

    def _blob(self, media_type, value):
        data = _json(value)
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        self.path(digest).write_bytes(data)
        return {"mediaType": media_type, "digest": digest, "size": len(data)}


def read(directory, digest):
    """The JSON of a blob of a layout."""
    return json.loads((directory / "blobs" / digest.replace(":", "/")).read_bytes())


def references(directory):
    """{reference: digest of its index} of a whole layout."""
    listed = json.loads((directory / "index.json").read_bytes())["manifests"]
    return {item["annotations"][_REFERENCE]: item["digest"] for item in listed}


def closure(directory, digest):
    """The descriptors of an index's manifests, then of all that those name."""
    manifests = read(directory, digest)["manifests"]
    for manifest in manifests:
        content = read(directory, manifest["digest"])
        yield manifest
        yield content["config"]
        yield from content["layers"]
