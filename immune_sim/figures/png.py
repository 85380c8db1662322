"""A picture of one byte a site as a PNG file with a palette; a dozen lines of the format are all it takes."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
INDEXED, DEPTH = 3, 8


def png(codes: NDArray[np.uint8], palette: Sequence[str]) -> bytes:
    """The file of a picture: codes (height, width) uint8, palette "#rrggbb" by code, "" for a transparent one."""
    height, width = codes.shape
    colors = b"".join(bytes.fromhex(each[1:]) if each else b"\0\0\0" for each in palette)
    clear = bytes(255 if each else 0 for each in palette)
    rows = np.zeros((height, width + 1), dtype=np.uint8)  # every row begins with its filter: none
    rows[:, 1:] = codes
    head = struct.pack(">IIBBBBB", width, height, DEPTH, INDEXED, 0, 0, 0)
    chunks = [
        (b"IHDR", head),
        (b"PLTE", colors),
        (b"tRNS", clear),
        (b"IDAT", zlib.compress(rows.tobytes(), 9)),
        (b"IEND", b""),
    ]
    return SIGNATURE + b"".join(_chunk(name, content) for name, content in chunks)


def data_uri(codes: Any, palette: Sequence[str]) -> str:
    """The same as an address that a page holds in itself."""
    return "data:image/png;base64," + base64.b64encode(png(codes, palette)).decode("ascii")


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
