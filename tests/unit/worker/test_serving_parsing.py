"""Our reader of HTTP beside httptools: they must see the same requests."""

from __future__ import annotations

from typing import Any

import httptools
import pytest

from studio.worker.serving import parsing

HEAD = b"POST /score HTTP/1.1\r\nHost: localhost\r\n"
ACCEPTED = [
    b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /healthz?a=1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    b"\r\nGET / HTTP/1.1\r\nConnection: close\r\n\r\n",
    HEAD + b"Content-Length: 5\r\n\r\n[1,2]",
    HEAD + b"content-length:5 \r\nX-Empty:\r\n\r\n[1,2]",
    HEAD + b"Content-Length: 2\r\n\r\n[]" + HEAD + b"Content-Length: 3\r\n\r\n[1]",
    HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n[1\r\n3;x=y\r\n,2]\r\n0\r\n\r\n",
    HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX-Trailer: 1\r\n\r\n",
]
REFUSED = [
    b"hello\r\n\r\n",
    b"GET / HTTP/2.0\r\n\r\n",
    b"GET /\r\n\r\n",
    b"get / HTTP/1.1\r\n\r\n",
    HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n[]",
    HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    HEAD + b"Content-Length: -1\r\n\r\n",
    HEAD + b"Content-Length: 1_0\r\n\r\n0123456789",
    HEAD + b"Content-Length: +2\r\n\r\n[]",
    HEAD + b"Bad Name: x\r\n\r\n",
    HEAD + b"Name : x\r\n\r\n",
    HEAD + b"X: a\x00b\r\n\r\n",
    HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n[1]\r\n0\r\n\r\n",
]


class Heard:
    """What a parser has told of each request."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.parser: Any = None

    def on_message_begin(self) -> None:
        self.requests.append({"url": b"", "body": b"", "headers": {}, "whole": False})

    def on_url(self, url: bytes) -> None:
        self.requests[-1]["url"] += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.requests[-1].get("method"):  # trailers aren't used
            self.requests[-1]["headers"][name.lower()] = value.strip()

    def on_headers_complete(self) -> None:
        self.requests[-1]["method"] = self.parser.get_method()
        self.requests[-1]["stays"] = self.parser.should_keep_alive()

    def on_body(self, body: bytes) -> None:
        self.requests[-1]["body"] += body

    def on_message_complete(self) -> None:
        self.requests[-1]["whole"] = True


def heard_by(library: Any, data: bytes, size: int) -> list[dict[str, Any]]:
    heard = Heard()
    heard.parser = library.HttpRequestParser(heard)
    for start in range(0, len(data), size):
        heard.parser.feed_data(data[start : start + size])
    return heard.requests


@pytest.mark.parametrize("size", [1, 7, 10_000])
@pytest.mark.parametrize("data", ACCEPTED)
def test_that_requests_are_read_as_httptools_reads_them(data: bytes, size: int) -> None:
    ours = heard_by(parsing, data, size)
    assert ours == heard_by(httptools, data, size)
    assert all(each["whole"] for each in ours)


@pytest.mark.parametrize("size", [1, 10_000])
@pytest.mark.parametrize("data", REFUSED)
def test_that_what_two_readers_could_take_differently_is_refused(
    data: bytes, size: int
) -> None:
    with pytest.raises(parsing.HttpParserError):
        heard_by(parsing, data, size)


def test_that_another_protocol_is_not_spoken() -> None:
    asked = b"GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    with pytest.raises(parsing.HttpParserUpgrade):
        heard_by(parsing, asked, 100)
