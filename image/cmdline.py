"""The kernel's command line."""

from image.command import ImageError

# x86 kernels cut their command line off there.
LONGEST = 2047
# What GRUB adds: ichor.disk, ichor.tries, a wipe.
_RESERVED = 160
# All additions of a slot. What the config adds (machined/arguments/policy.h) comes behind those of the image.
ADDITIONS = 1400
_OF_CONFIG = 768

_BASE = ("slab_nomerge pti=on init_on_alloc=1 proc_mem.force_override=never "
         "lsm=landlock,lockdown,yama,integrity,bpf lockdown=integrity module.sig_enforce=1 "
         "printk.devkmsg=on consoleblank=0 panic=10 net.naming_scheme=v257 nvme_core.io_timeout=4294967295").split()
_CONSOLES = {"amd64": ["console=tty0", "console=ttyS0,115200"], "arm64": ["console=tty0", "console=ttyAMA0,115200"]}


def base(arch, root, slot=None):
    """What an image of ours always says: for a slot (A, B), or RAM media (None)."""
    where = [f"ichor.slot={slot}"] if slot else []
    return checked(" ".join([f"ichor.root={root}", *where, *_CONSOLES[arch], *_BASE]), LONGEST - _RESERVED - ADDITIONS - 1)


def additions(platform, arguments):
    """The words of one image that come behind the base, where they win."""
    words = [f"talos.platform={platform}", *arguments]
    size, most = len(" ".join(words)), ADDITIONS - _OF_CONFIG - 1
    if size > most:
        raise ImageError(f"platform and arguments have {size} bytes, more than {most}: the config may add {_OF_CONFIG}")
    return words


def checked(text, most=LONGEST - _RESERVED):
    """The text, if a kernel takes it and neither loader would read it in its own way."""
    if len(text) > most:
        raise ImageError(f"the command line has {len(text)} bytes, more than {most}")
    if not text.isascii() or not text.isprintable() or set(text) & set('"$\\\'`'):
        raise ImageError("the command line has a quote, a dollar sign, a backslash or a character that is not printable")
    return text
