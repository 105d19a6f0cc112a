"""Which files a kernel may read and write, by Landlock: the second sandbox behind the new root.

The new root shows only what may be read; Landlock holds even if a mount were writable by mistake,
keeps the folder of the sockets to sockets alone, and cuts abstract sockets and signals off.

Taken: landlockpy 0.2.0 (pure Python, no dependencies, rights up to ABI 11, best effort by ABI).
Left: landlock 1.0.0.dev5 (no scopes, and an alpha since 2023), py-landlock 0.1.1 (twice the code
for the same rights), sandlock 0.9.0 (a binary that starts and supervises programs of its own).
"""

from collections.abc import Iterable

from landlockpy import AccessFS, AccessNet, Ruleset, Scope, abi_version

READ = AccessFS.READ_FILE | AccessFS.READ_DIR | AccessFS.EXECUTE
WRITE = (
    READ
    | AccessFS.WRITE_FILE
    | AccessFS.TRUNCATE
    | AccessFS.REFER
    | AccessFS.REMOVE_DIR
    | AccessFS.REMOVE_FILE
    | AccessFS.MAKE_DIR
    | AccessFS.MAKE_REG
    | AccessFS.MAKE_SYM
    | AccessFS.MAKE_FIFO
    | AccessFS.MAKE_SOCK
    | AccessFS.RESOLVE_UNIX
)
DEVICE = AccessFS.READ_FILE | AccessFS.WRITE_FILE | AccessFS.IOCTL_DEV
SOCKETS = AccessFS.READ_DIR | AccessFS.MAKE_SOCK | AccessFS.REMOVE_FILE | AccessFS.RESOLVE_UNIX


def supported() -> bool:
    """Tell whether this machine's kernel has Landlock switched on."""
    try:
        return abi_version() >= 1
    except OSError:
        return False


def restrict_files(
    *,
    readable: Iterable[str],
    writable: Iterable[str],
    devices: Iterable[str],
    sockets: Iterable[str],
) -> None:
    """Allow this process, and all that it starts, these paths and no others.

    Args:
        readable: folders of which everything may be read and run.
        writable: folders in which everything may be done.
        devices: device files, or folders of them.
        sockets: folders in which sockets may be made, and nothing else.

    Network rights are left to the network namespace: ipykernel binds 127.0.0.1 even over ipc.
    """
    with Ruleset(
        handled_net=AccessNet.NONE, scoped=Scope.ABSTRACT_UNIX_SOCKET | Scope.SIGNAL
    ) as rules:
        for path in readable:
            rules.allow_path(path, READ)
        for path in writable:
            rules.allow_path(path, WRITE)
        for path in devices:
            folder = path.endswith("/")
            rules.allow_path(path, DEVICE | AccessFS.READ_DIR if folder else DEVICE)
        for path in sockets:
            rules.allow_path(path, SOCKETS)
        rules.restrict()
