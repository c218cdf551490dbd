import socket
from collections.abc import Callable

import pytest

from deploy.local import ports
from tests.rig.smtp_sink import SMTPSink
from tests.rig.tcp_proxy import TCPProxy

MakeProxy = Callable[[str, int], TCPProxy]


@pytest.fixture
def proxy(tcp_proxy: MakeProxy, smtp_sink: SMTPSink) -> TCPProxy:
    return tcp_proxy(ports.HOST, smtp_sink.port)


def greeting(proxy: TCPProxy) -> bytes:
    with socket.create_connection((ports.HOST, proxy.port), timeout=1) as client:
        return client.recv(3)


def test_it_passes_on_cuts_and_takes_new_connections(proxy: TCPProxy):
    with socket.create_connection((ports.HOST, proxy.port), timeout=1) as client:
        assert client.recv(100).startswith(b"220")
        proxy.cut()
        with pytest.raises(ConnectionResetError):
            client.sendall(b"NOOP\r\n")
            client.recv(100)
    assert greeting(proxy) == b"220"


def test_it_refuses_until_it_is_healed(proxy: TCPProxy):
    proxy.refuse()
    with pytest.raises(ConnectionRefusedError):
        greeting(proxy)
    proxy.heal()
    assert greeting(proxy) == b"220"


def test_it_hangs_and_what_hung_flows_on(proxy: TCPProxy):
    with socket.create_connection((ports.HOST, proxy.port), timeout=0.2) as client:
        client.recv(100)
        proxy.hang()
        client.sendall(b"NOOP\r\n")
        with pytest.raises(TimeoutError):
            client.recv(100)
        proxy.heal()
        client.settimeout(2)
        assert client.recv(100).startswith(b"250")


def test_it_stands_between_without_changing_the_address(proxy: TCPProxy):
    through = proxy.through("postgres://user:word@far.example:5432/name")
    assert through == f"postgres://user:word@{ports.HOST}:{proxy.port}/name"
