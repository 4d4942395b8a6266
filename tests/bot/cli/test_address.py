"""The address: taken, free, and how it is opened."""

import socket
from contextlib import closing

import pytest

from bot.cli.address import address_of, bind_socket, how_to_open, how_to_stop
from corpus import UsageError


def test_a_port_that_is_taken_names_one_that_is_free() -> None:
    with bind_socket({"PORT": "0"}) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError) as raised:
            bind_socket({"PORT": str(port)})
    offered = raised.value.en.split("PORT=")[1].split()[0]
    with bind_socket({"PORT": offered}) as listener:
        assert listener.getsockname()[1] == int(offered) > port
    for text in (raised.value.zh, raised.value.en):
        assert f"http://127.0.0.1:{port}" in text and f"PORT={offered} make run" in text


def test_the_last_port_has_none_after_it() -> None:
    with bind_socket({"PORT": "65535"}) as taken:
        taken.listen()
        with pytest.raises(UsageError, match="PORT=端口"):
            bind_socket({"PORT": "65535"})


def test_a_failure_leaves_no_socket_open(recwarn: pytest.WarningsRecorder) -> None:
    with bind_socket({"PORT": "0"}) as taken:
        taken.listen()
        with pytest.raises(UsageError):
            bind_socket({"PORT": str(taken.getsockname()[1])})
    assert not [warned for warned in recwarn if warned.category is ResourceWarning]


def test_how_it_is_opened_from_here_and_from_elsewhere() -> None:
    with bind_socket({"PORT": "0"}) as listener:
        port = listener.getsockname()[1]
        assert address_of(listener) == f"http://127.0.0.1:{port}"
        for text in how_to_open(listener):
            assert f"ssh -L {port}:127.0.0.1:{port} " in text and "HOST=0.0.0.0" in text
    with bind_socket({"HOST": "0.0.0.0", "PORT": "0"}) as listener:
        port = listener.getsockname()[1]
        for text in how_to_open(listener):
            assert f"http://127.0.0.1:{port}" in text and "ssh" not in text


def test_an_address_of_version_6_is_in_brackets() -> None:
    with closing(socket.socket(socket.AF_INET6)) as listener:
        try:
            listener.bind(("::1", 0))
        except OSError:
            pytest.skip("no IPv6 here")
        assert address_of(listener).startswith("http://[::1]:")


def test_it_is_told_how_to_stop() -> None:
    """Without a terminal, by the number of the process."""
    zh, en = how_to_stop()
    assert zh.startswith("停止：") and en.startswith("To stop: ")
