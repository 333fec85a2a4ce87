"""manifest.txt: every file of an image, where it is from and its hash."""

import hashlib


def listing(trees):
    """The text for {name of a part: Tree}. A line: part, path, origin, SHA-256 of a file or target of a link."""
    lines = []
    for part, tree in trees.items():
        for entry in tree.entries():
            if entry.is_file:
                what = f"sha256:{hashlib.sha256(entry.content()).hexdigest()}"
            elif entry.target is not None:
                what = f"-> {entry.target}"
            else:
                continue
            lines.append(f"{part}\t/{entry.path}\t{entry.origin}\t{what}\n")
    return "".join(lines)
