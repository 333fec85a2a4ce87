"""The files that a machine begins with: its disks, and the variables of its firmware."""

import shutil
import subprocess

from machine.spec import template_of_variables


def make(machine, sizes):
    """Makes the disks, as many bytes long as `sizes` says, the first from disk.raw unless a kernel is given directly and no
    slot is named. ValueError if the image does not fit."""
    from_image = machine.firmware != "direct" or machine.append
    for index, (path, size) in enumerate(zip(machine.disks, sizes, strict=True)):
        if index == 0 and from_image:
            subprocess.run(["cp", "--sparse=always", machine.image / "disk.raw", path], check=True)
            if path.stat().st_size > size:
                raise ValueError(f"the image has {path.stat().st_size} bytes, the disk only {size}")
        with open(path, "ab") as file:
            file.truncate(size)
    if machine.firmware == "uefi":
        shutil.copyfile(template_of_variables(machine.arch), machine.variables)
