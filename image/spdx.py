"""The SBOM of an image, SPDX 2.3 as JSON: which Debian packages and Go modules are in it, and ourselves."""

import datetime
import hashlib
import json
import re

from image.paths import EPOCH
from image.rootfs import version

_CREATED = datetime.datetime.fromtimestamp(EPOCH, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def document(packages, trees, go_programs):
    """The text, for {name of a part: Tree} and the GoPrograms in them."""
    used = sorted({name for tree in trees.values() for name in _packages_of(packages, tree)})
    rows = [_row("ichor", version(), f"pkg:generic/ichor@{version()}")]
    for name in used:
        package = packages.packages[name]
        rows.append(_row(name, package.version, f"pkg:deb/debian/{name}@{package.version}?arch={package.arch}",
                         f"built package from: {package.source} {package.source_version}"))
    for module in sorted({module for program in go_programs for module in program.modules}):
        name, module_version = module.split("@")
        rows.append(_row(name, module_version, f"pkg:golang/{name.lower()}@{module_version}"))
    body = json.dumps(rows, sort_keys=True).encode()
    text = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"ichor-{version()}-{packages.arch}",
        "documentNamespace": f"https://ichor.dev/spdx/{packages.arch}/{hashlib.sha256(body).hexdigest()}",
        "creationInfo": {"created": _CREATED, "creators": [f"Tool: ichor-image-{version()}"]},
        "packages": rows,
        "relationships": [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES",
                           "relatedSpdxElement": row["SPDXID"]} for row in rows],
    }
    return json.dumps(text, indent=1, sort_keys=True) + "\n"


def _packages_of(packages, tree):
    """An origin begins with the name of its package."""
    names = {entry.origin.split()[0] for entry in tree.entries()}
    return names & packages.packages.keys()


def _row(name, package_version, url, comment=""):
    return {
        "SPDXID": f"SPDXRef-Package-{re.sub('[^A-Za-z0-9.-]', '-', name)}", "name": name, "versionInfo": package_version,
        "downloadLocation": "NOASSERTION", "filesAnalyzed": False, "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION", "copyrightText": "NOASSERTION", **({"sourceInfo": comment} if comment else {}),
        "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": url}],
    }
