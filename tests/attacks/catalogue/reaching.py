"""Reaching someone: networks, sockets, and being reached."""

from attacks.attack import TOOK, Attack, reaches, took
from attacks.world import soon


def reach(tries: str, code: str, **more) -> Attack:
    return Attack("network", tries, code, more.pop("seen", reaches), **more)


REACHING = [
    reach(
        "a port of this machine", "import socket; socket.create_connection(('127.0.0.1', <<tcp>>))"
    ),
    reach("a port by IPv6", "import socket; socket.create_connection(('::1', <<tcp6>>))"),
    reach(
        "a port by UDP",
        """
        import socket
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", <<udp>>))
        """,
    ),
    reach("a port by bash", "%%bash\necho x > /dev/tcp/127.0.0.1/<<tcp>>"),
    reach(
        "a port by HTTP",
        """
        import urllib.request
        urllib.request.urlopen("http://127.0.0.1:<<tcp>>/", timeout=0.2)
        """,
    ),
    reach(
        "an abstract socket",
        r"""
        import socket
        socket.socket(socket.AF_UNIX).connect("\0<<token>>")
        """,
    ),
    reach(
        "a socket in a folder",
        "import socket; socket.socket(socket.AF_UNIX).connect('<<listener>>')",
    ),
    reach(
        "visitors from outside",
        """
        import socket
        server = socket.create_server(("127.0.0.1", <<free_port>>))
        """,
        seen=lambda world, shown: soon(world.served, 0.5),
    ),
    reach(
        "the other interfaces",
        f"""
        import socket
        own = {{"lo", "sit0", "tunl0", "ip6tnl0", "gre0", "gretap0", "erspan0", "ip6gre0"}}
        own |= {{"ip_vti0", "ip6_vti0", "dummy0", "teql0"}}
        if any(name not in own for _, name in socket.if_nameindex()): print("{TOOK}")
        """,
        seen=took,
    ),
    reach(
        "every packet",
        f"""
        import socket
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW); print("{TOOK}")
        """,
        seen=took,
        needs_root=True,
    ),
]
