"""The members of a zip archive as torch writes them: stored, not compressed.

`zipfile` would read whatever an archive asks for; here its list of members has a budget, and only
what lies in the file as it is counts. Source: APPNOTE.TXT of PKWARE, 4.3.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from typing import IO, NamedTuple

from ..errors import GligenError
from ..text import excerpt
from .limits import LONGEST_DIRECTORY, LONGEST_KEY, MOST_MEMBERS

ZIP_START = b"PK\x03\x04"
STORED = 0  # the method that is none
ENCRYPTED = 1  # a flag
UTF8_NAME = 0x800  # a flag

_END = struct.Struct("<4s4H2LH")  # end of central directory record
_END64_PLACE = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s6H3L5H2L")  # of the central directory
_LOCAL = struct.Struct("<4s5H3L2H")
_SIGNS = {_END: b"PK\x05\x06", _END64_PLACE: b"PK\x06\x07", _END64: b"PK\x06\x06"}
_LONGEST_COMMENT = 0xFFFF
_IN_EXTRA = 0xFFFFFFFF  # of a size or place that only the zip64 extra field has
_ZIP64_EXTRA = 1


class Member(NamedTuple):
    """header: first byte of the member's own header · size: in bytes, as it lies in the file"""

    header: int
    size: int
    unpacked: int
    crc: int
    method: int
    flags: int

    @property
    def is_stored(self) -> bool:
        """Whether its bytes lie in the file as they are."""
        plain = self.method == STORED and not self.flags & ENCRYPTED
        return plain and self.size == self.unpacked


def read_members(file: IO[bytes], where: str) -> dict[str, Member]:
    """Every member by its name. Raises GligenError, naming the file, for a damaged archive."""
    try:
        return _members(file)
    except (struct.error, LookupError, ValueError, OverflowError) as error:
        raise GligenError(
            f"{where}: cut short or damaged; its zip archive cannot be read ({error}). "
            "Download it again."
        ) from None


def data_start(file: IO[bytes], name: str, members: Mapping[str, Member], where: str) -> int:
    """The first byte of a member, behind its own header.

    Raises GligenError for one that is not there, is compressed or runs over the file's end.
    """
    member = members.get(name)
    if member is None or not member.is_stored:
        state = "missing from" if member is None else "compressed in"
        raise GligenError(
            f"{where}: {_shown(name)} is {state} the archive. "
            "Download it again, or save it again with torch.save."
        )
    size = file.seek(0, 2)
    if member.header + _LOCAL.size <= size:
        file.seek(member.header)
        sign, *_, name_length, extra_length = _LOCAL.unpack(file.read(_LOCAL.size))
        start = member.header + _LOCAL.size + name_length + extra_length
        if sign == ZIP_START and start + member.size <= size:
            return start
    raise GligenError(
        f"{where}: cut short or damaged; the {member.size:,} bytes of {_shown(name)} are not "
        "where its archive says. Download it again."
    )


def _shown(name: str) -> str:
    _, of_tensor, key = name.rpartition("/data/")
    return f"the tensor data {excerpt(key)!r}" if of_tensor else repr(excerpt(name))


def read_member(
    file: IO[bytes], name: str, members: Mapping[str, Member], where: str, most: int
) -> bytes:
    """The bytes of a small member, checked against their checksum."""
    start = data_start(file, name, members, where)
    member = members[name]
    if member.size > most:
        raise GligenError(
            f"{where}: its {name!r} has {member.size:,} bytes, expected at most {most:,}. This is "
            "no checkpoint; download it again."
        )
    file.seek(start)
    data = file.read(member.size)
    if zlib.crc32(data) != member.crc:
        raise GligenError(f"{where}: damaged; {name!r} has another checksum. Download it again.")
    return data


def _members(file: IO[bytes]) -> dict[str, Member]:
    count, length, start = _directory(file)
    if count > MOST_MEMBERS or length > LONGEST_DIRECTORY:
        raise ValueError(
            f"{count:,} members in {length:,} bytes; at most {MOST_MEMBERS:,} in "
            f"{LONGEST_DIRECTORY:,} are read"
        )
    file.seek(start)
    data = file.read(length)
    members: dict[str, Member] = {}
    at = 0
    for _ in range(count):
        sign, _, _, flags, method, _, _, crc, size, unpacked, *lengths, _, _, _, header = (
            _ENTRY.unpack_from(data, at)
        )
        name_length, extra_length, comment_length = lengths
        at += _ENTRY.size
        if sign != b"PK\x01\x02" or name_length > LONGEST_KEY:
            raise ValueError("a list of members that is none")
        name = data[at : at + name_length].decode("utf-8" if flags & UTF8_NAME else "cp437")
        if name in members:
            raise ValueError("two members of one name")
        extra = data[at + name_length : at + name_length + extra_length]
        unpacked, size, header = _wide((unpacked, size, header), extra)
        members[name] = Member(header, size, unpacked, crc, method, flags)
        at += name_length + extra_length + comment_length
    return members


def _directory(file: IO[bytes]) -> tuple[int, int, int]:
    """Number of members, length and first byte of the list of them."""
    size = file.seek(0, 2)
    first = max(size - _END.size - _LONGEST_COMMENT, 0)
    file.seek(first)
    tail = file.read(size - first)
    at = tail.rfind(_SIGNS[_END])
    if at < 0:
        raise ValueError("no end of the archive")
    _, _, _, _, count, length, start, _ = _END.unpack_from(tail, at)
    place = first + at - _END64_PLACE.size
    if place >= 0:
        file.seek(place)
        sign, _, end64, _ = _END64_PLACE.unpack(file.read(_END64_PLACE.size))
        if sign == _SIGNS[_END64_PLACE]:
            file.seek(end64)
            sign, *_, count, length, start = _END64.unpack(file.read(_END64.size))
            if sign != _SIGNS[_END64]:
                raise ValueError("no zip64 end of the archive")
    return count, length, start


def _wide(values: tuple[int, ...], extra: bytes) -> tuple[int, ...]:
    """Unpacked size, size and place, those of `_IN_EXTRA` read from the zip64 extra field."""
    if _IN_EXTRA not in values:
        return values
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        if kind == _ZIP64_EXTRA:
            numbers = iter(struct.unpack_from(f"<{length // 8}Q", extra, 4))
            return tuple(next(numbers, -1) if v == _IN_EXTRA else v for v in values)
        extra = extra[4 + length :]
    return values
