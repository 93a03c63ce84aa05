"""HTTP/1.1 requests read without any package: for environments that have no httptools.

The same interface as far as `http` uses it, and as strict: what two readers could take
for different requests is refused.
"""

from __future__ import annotations

import re
from typing import Any, Dict, List

_REQUEST_LINE = re.compile(rb"([A-Z]{1,24}) ([\x21-\x7e\x80-\xff]+) HTTP/1\.([01])")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*", re.DOTALL)
_FORBIDDEN = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_LENGTH = re.compile(rb"[0-9]{1,18}")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})(?:[ \t]*;[^\x00-\x08\x0a-\x1f\x7f]*)?")
_BEGINNING = re.compile(rb"[A-Z]{1,24}( |\Z)")
_LONGEST_IN_BODY = 4096


class HttpParserError(Exception):
    """What was sent is no request."""


class HttpParserUpgrade(Exception):
    """Another protocol is asked for."""


class HttpRequestParser:
    """Tells `protocol` what arrives, piece by piece."""

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol
        self._pending = bytearray()
        self._read_on = self._read_request_line
        self._method = b""
        self._minor = 1
        self._headers: Dict[bytes, List[bytes]] = {}
        self._left = 0
        self._has_begun = False

    def get_method(self) -> bytes:
        return self._method

    def should_keep_alive(self) -> bool:
        words = self._words(b"connection")
        if self._minor == 0:
            return b"keep-alive" in words
        return b"close" not in words

    def should_upgrade(self) -> bool:
        asked = b"upgrade" in self._words(b"connection") and b"upgrade" in self._headers
        return asked or self._method == b"CONNECT"

    def feed_data(self, data: bytes) -> None:
        self._pending += data
        while self._read_on():
            pass

    def _words(self, name: bytes) -> List[bytes]:
        joined = b",".join(self._headers.get(name, []))
        return [word.strip().lower() for word in joined.split(b",")]

    def _line(self) -> Any:
        """The next line without its end; None until all of it is there."""
        end = self._pending.find(b"\n")
        if end < 0:
            return None
        line = bytes(self._pending[:end])
        del self._pending[: end + 1]
        if not line.endswith(b"\r"):
            raise HttpParserError("a line doesn't end with CR LF")
        return line[:-1]

    def _line_of_body(self) -> Any:
        """Nobody else counts these bytes."""
        line = self._line()
        if line is None and len(self._pending) > _LONGEST_IN_BODY:
            raise HttpParserError("a line is too long")
        return line

    # -- each reads one part; True if more may be at hand ------------------------

    def _read_request_line(self) -> bool:
        while self._pending[:2] == b"\r\n":  # passed over before a request
            del self._pending[:2]
        if bytes(self._pending[:1]) not in (b"", b"\r") and not self._has_begun:
            self._has_begun = True
            self._protocol.on_message_begin()
        if self._has_begun and not _BEGINNING.match(self._pending[:32]):
            raise HttpParserError("a wrong request line")
        line = self._line()
        if line is None:
            return False
        found = _REQUEST_LINE.fullmatch(line)
        if not found:
            raise HttpParserError("a wrong request line")
        self._method, url, minor = found.group(1), found.group(2), found.group(3)
        self._minor, self._headers = int(minor), {}
        self._has_begun = False
        self._protocol.on_url(url)
        self._read_on = self._read_header
        return True

    def _read_header(self) -> bool:
        line = self._line()
        if line is None:
            return False
        if line:
            name, value = _header(line)
            self._headers.setdefault(name.lower(), []).append(value)
            self._protocol.on_header(name, value)
            return True
        self._begin_body()
        return True

    def _begin_body(self) -> None:
        lengths = set(self._headers.get(b"content-length", []))
        coded = self._words(b"transfer-encoding") if self._is_coded() else []
        if len(lengths) > 1 or (lengths and coded):
            raise HttpParserError("its length is told twice")
        if coded and coded != [b"chunked"]:
            raise HttpParserError("an unknown transfer encoding")
        length = lengths.pop() if lengths else b"0"
        if not _LENGTH.fullmatch(length):
            raise HttpParserError("a wrong content length")
        self._left = int(length)
        self._protocol.on_headers_complete()
        if coded:
            self._read_on = self._read_chunk_size
        elif self._left:
            self._read_on = self._read_body
        else:
            self._complete()

    def _is_coded(self) -> bool:
        return b"transfer-encoding" in self._headers

    def _read_body(self) -> bool:
        if self._take_what_is_left():
            self._complete()
            return True
        return False

    def _read_chunk_size(self) -> bool:
        line = self._line_of_body()
        if line is None:
            return False
        found = _CHUNK.fullmatch(line)
        if not found:
            raise HttpParserError("a wrong size of a chunk")
        self._left = int(found.group(1), 16)
        self._read_on = self._read_chunk if self._left else self._read_trailer
        return True

    def _read_chunk(self) -> bool:
        if self._take_what_is_left():
            self._read_on = self._read_chunk_end
            return True
        return False

    def _read_chunk_end(self) -> bool:
        line = self._line()
        if line:
            raise HttpParserError("a chunk is longer than it says")
        if line is not None:
            self._read_on = self._read_chunk_size
        return line is not None

    def _read_trailer(self) -> bool:
        """Headers after the last chunk are read and not used."""
        line = self._line_of_body()
        if line is None:
            return False
        if line:
            _header(line)
        else:
            self._complete()
        return True

    def _take_what_is_left(self) -> bool:
        """Pass on what has arrived of a body; whether that was all."""
        part = bytes(self._pending[: self._left])
        del self._pending[: len(part)]
        self._left -= len(part)
        if part:
            self._protocol.on_body(part)
        return self._left == 0

    def _complete(self) -> None:
        self._read_on = self._read_request_line
        self._protocol.on_message_complete()
        if self.should_upgrade():
            raise HttpParserUpgrade()


def _header(line: bytes) -> Any:
    found = _HEADER.fullmatch(line)
    if not found or _FORBIDDEN.search(found.group(2)):
        raise HttpParserError("a wrong header")
    return found.group(1), found.group(2)
