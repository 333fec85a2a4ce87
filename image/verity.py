"""dm-verity: the tree of hashes over an image. Version 1, SHA-256, blocks of 4,096 bytes, no superblock."""

import hashlib

BLOCK = 4096
_DIGESTS = BLOCK // 32


def tree(data, salt):
    """The hash tree of `data` (whole blocks), top level first as the kernel reads it, and the root hash."""
    if len(data) % BLOCK:
        raise ValueError(f"{len(data)} bytes are not whole blocks of {BLOCK}")
    levels, below = [], memoryview(data)
    salted = hashlib.sha256(salt)
    while True:
        digests = bytearray()
        for offset in range(0, len(below), BLOCK):
            digest = salted.copy()
            digest.update(below[offset:offset + BLOCK])
            digests += digest.digest()
        if len(digests) == 32:
            return b"".join(reversed(levels)), bytes(digests)
        digests += bytes(-len(digests) % BLOCK)
        levels.append(bytes(digests))
        below = memoryview(levels[-1])
