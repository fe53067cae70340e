"""Which address of a scheduler is safe, and which key fits it."""

from __future__ import annotations

from pathlib import Path

import pytest

from forge.errors import UsageError
from forge.workers.hosting.link import check_address, security_of
from forge.workers.hosting.serving import place_of
from tests.support.cluster.keys import make_key


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_key(tmp_path_factory.mktemp("key"))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:8786", "tcp://localhost:1", "tcp://[::1]:1"])
def test_loopback_needs_no_key(address: str) -> None:
    check_address(address, None, insecure=False)


def test_key_is_for_encrypted_addresses(key: Path) -> None:
    check_address("tls://10.0.0.1:8786", key, insecure=False)
    with pytest.raises(UsageError, match="is not encrypted, and --key was given"):
        check_address("tcp://10.0.0.1:8786", key, insecure=False)
    assert security_of(key).require_encryption


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("tls://10.0.0.1:8786", "needs a key"),
        ("tcp://10.0.0.1:8786", "who reaches it may run programs on every host"),
        ("10.0.0.1:8786", "is no address of a scheduler"),
        ("tcp://10.0.0.1", "is no address of a scheduler"),
        ("tcp://10.0.0.1:99999", "is no address of a scheduler"),
        ("tcp://[::1", "is no address of a scheduler"),
    ],
)
def test_address_that_cannot_be_used_is_refused(address: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        check_address(address, None, insecure=False)
    assert caught.value.hint


def test_insecure_allows_a_plain_address() -> None:
    check_address("tcp://10.0.0.1:8786", None, insecure=True)


def test_file_without_a_key_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "forge.pem"
    for text in ("", "no key\n"):
        file.write_text(text)
        with pytest.raises(UsageError, match="no key and certificate that fit"):
            check_address("tls://10.0.0.1:8786", file, insecure=False)


@pytest.mark.parametrize(
    ("listen", "place"),
    [("127.0.0.1", ("127.0.0.1", 0)), ("h:80", ("h", 80)), ("[::1]:5", ("::1", 5))],
)
def test_place_to_listen_is_read(listen: str, place: tuple[str, int]) -> None:
    assert place_of(listen) == place


@pytest.mark.parametrize("listen", ["", ":80", "h:x", "h:99999", "h/x"])
def test_place_that_is_none_is_refused(listen: str) -> None:
    with pytest.raises(UsageError, match="is not HOST or HOST:PORT"):
        place_of(listen)
