"""The kernel's command line."""

from image.command import ImageError

# x86 kernels cut their command line off there.
LONGEST = 2047

_BASE = ("slab_nomerge pti=on init_on_alloc=1 proc_mem.force_override=never lockdown=integrity module.sig_enforce=1 "
         "printk.devkmsg=on consoleblank=0 panic=10 net.naming_scheme=v257 nvme_core.io_timeout=4294967295").split()
_CONSOLES = {"amd64": ["console=tty0", "console=ttyS0,115200"], "arm64": ["console=tty0", "console=ttyAMA0,115200"]}


def command_line(arch, root, slot=None, platform="metal", additions=()):
    """The text for a slot (A, B; None in RAM media). Additions come last, where they win."""
    where = [f"ichor.slot={slot}"] if slot else []
    text = " ".join([f"ichor.root={root}", *where, f"talos.platform={platform}", *_CONSOLES[arch], *_BASE, *additions])
    if len(text) > LONGEST:
        raise ImageError(f"the command line has {len(text)} bytes, more than {LONGEST}")
    if not text.isprintable():
        raise ImageError("the command line has a character that is not printable")
    return text
