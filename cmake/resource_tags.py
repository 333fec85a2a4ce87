#!/usr/bin/env python3
"""Writes one C++ tag per resource type, from the options of ichor/options.proto.

Usage: resource_tags.py DESCRIPTOR_SET OUT_DIR PROTO…

DESCRIPTOR_SET is protoc's --descriptor_set_out with --include_imports. For each PROTO, which must state
a resource, OUT_DIR gets PROTO's path with .resources.h for .proto; OUT_DIR/ichor/resource_types.{h,cc}
name the spec of every type, so that no static link drops one. A file whose content would not change
keeps its time.
"""

import pathlib
import re
import sys

from google.protobuf import descriptor_pb2
from google.protobuf import descriptor_pool
from google.protobuf import message_factory

HEADER = """\
// Made by cmake/resource_tags.py from {source}. Do not edit.

#pragma once

#include <string_view>

#include "{pb}"
#include "lib/resource/writers.h"
"""

TAG = """
// {type}
struct {tag} {{
  using Spec = ::{spec};
  static constexpr std::string_view kType = "{type}";
  static constexpr std::string_view kNamespace = "{namespace}";
  static constexpr Writers kWriters = Writers::{writers};
}};
"""

TYPES_HEADER = """\
// Made by cmake/resource_tags.py. Do not edit.

#pragma once

#include <span>
#include <string_view>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

namespace ichor {

// The spec of every resource type. A spec that several types share is there once.
std::vector<const google::protobuf::Descriptor*> ResourceSpecs();

struct SpecPrototype {
  std::string_view type;
  const google::protobuf::Message& (*spec)();
};

// The empty spec of every resource type, sorted by type. It needs no descriptors, which take a
// megabyte once one of them is asked for.
std::span<const SpecPrototype> SpecPrototypes();

}  // namespace ichor
"""

TYPES_SOURCE = """\
// Made by cmake/resource_tags.py. Do not edit.

#include "ichor/resource_types.h"

#include <array>

{includes}

namespace ichor {{
namespace {{

template <typename Spec>
const google::protobuf::Message& Empty() {{
  return Spec::default_instance();
}}

constexpr std::array kPrototypes = {{
{prototypes}
}};

}}  // namespace

std::vector<const google::protobuf::Descriptor*> ResourceSpecs() {{
  return {{
{specs}
  }};
}}

std::span<const SpecPrototype> SpecPrototypes() {{
  return kPrototypes;
}}

}}  // namespace ichor
"""


def singular(name):
    """The display type of a plural: the rule of lib/resource/resource_type.cc."""
    for end, replacement in (("ies", "y"), ("sses", "ss"), ("uses", "us"), ("s", "")):
        if name.endswith(end):
            return name[: -len(end)] + replacement
    return name


class Resources:
    """The files of a descriptor set, with the options of ichor/options.proto understood."""

    def __init__(self, descriptor_set):
        files = descriptor_pb2.FileDescriptorSet.FromString(descriptor_set).file
        self.files = {file.name: file for file in files}
        pool = descriptor_pool.DescriptorPool()
        for file in files:
            pool.Add(file)
        factory = message_factory.MessageFactory(pool)
        factory.GetMessages(list(self.files))
        self.options = factory.GetPrototype(
            pool.FindMessageTypeByName("google.protobuf.MessageOptions"))
        self.resource = pool.FindExtensionByName("ichor.resource")

    def stated(self, message):
        """The values of a message's (ichor.resource)."""
        options = self.options.FromString(message.options.SerializeToString())
        return list(options.Extensions[self.resource])


def header(resources, proto):
    """The text of a header, the C++ names of the specs in it, and pairs of a type and the spec it has."""
    file = resources.files[proto]
    package_area = file.package.rsplit(".", 1)[-1]
    areas, names, specs, types = {}, {}, [], []
    for message in file.message_type:
        stated = resources.stated(message)
        spec = f"{file.package}.{message.name}".replace(".", "::")
        if stated:
            specs.append(spec)
        for resource in stated:
            types.append((resource.type, spec))
            area = resource.area or package_area
            tag = singular(resource.type.split(".", 1)[0])
            if tag in names.setdefault(area, {}):
                sys.exit(f"{proto}: two resource types are both ichor::{area}::{tag}")
            names[area][tag] = TAG.format(
                type=resource.type, tag=tag, spec=spec, namespace=resource.namespace,
                writers="kMany" if resource.writers else "kOne")
        for area in {resource.area or package_area for resource in stated} or {package_area}:
            areas.setdefault(area, []).append((message.name, spec))
    if not specs:
        sys.exit(f"{proto}: states no resource; take it out of RESOURCE_PROTOS in proto/CMakeLists.txt")

    text = HEADER.format(source=proto, pb=re.sub(r"proto$", "pb.h", proto))
    for area in sorted(areas):
        tags = names.get(area, {})
        text += f"\nnamespace ichor::{area} {{\n" + "".join(tags.values())
        using = sorted(f"using ::{spec};\n" for name, spec in areas[area] if name not in tags)
        text += ("\n" + "".join(using) if using else "") + f"\n}}  // namespace ichor::{area}\n"
    return text, specs, types


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def main():
    descriptor_set, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    protos = sys.argv[3:]
    resources = Resources(descriptor_set.read_bytes())
    all_specs, all_types = [], []
    for proto in protos:
        text, specs, types = header(resources, proto)
        write(out / re.sub(r"proto$", "resources.h", proto), text)
        all_specs += specs
        all_types += types
    includes = "\n".join(f'#include "{re.sub("proto$", "pb.h", proto)}"' for proto in sorted(protos))
    specs = "\n".join(f"      ::{spec}::descriptor()," for spec in all_specs)
    prototypes = "\n".join(f'    SpecPrototype{{.type = "{type}", .spec = Empty<::{spec}>}},' for type, spec in sorted(all_types))
    write(out / "ichor/resource_types.h", TYPES_HEADER)
    write(out / "ichor/resource_types.cc", TYPES_SOURCE.format(includes=includes, specs=specs, prototypes=prototypes))


if __name__ == "__main__":
    main()
