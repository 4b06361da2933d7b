"""How much of a file's pickles is read before it is refused: bytes, opcodes, copied items."""

from __future__ import annotations

from typing import IO

from .limits import LONGEST_PICKLE, MOST_COPIED, MOST_OPCODES


class Budget:
    """What is left to read of a file's pickles: bytes, opcodes, copied items."""

    def __init__(self) -> None:
        self.bytes, self.opcodes, self.copied = LONGEST_PICKLE, MOST_OPCODES, MOST_COPIED

    def copy(self, items: int) -> None:
        """Pay for so many items of a copied collection."""
        self.copied -= items
        if self.copied < 0:
            raise ValueError(f"it copies more than {MOST_COPIED:,} items")

    def step(self) -> None:
        """Pay for one opcode."""
        self.opcodes -= 1
        if self.opcodes < 0:
            raise ValueError(f"more than {MOST_OPCODES:,} opcodes")

    def read(self, size: int) -> int:
        """Pay for so many bytes, and return their number."""
        if not 0 <= size <= self.bytes:
            raise ValueError(f"more than {LONGEST_PICKLE:,} bytes of pickles")
        self.bytes -= size
        return size


class MeteredFile:
    """A file that is read within a budget."""

    def __init__(self, file: IO[bytes], budget: Budget) -> None:
        self._file, self._budget = file, budget

    def read(self, size: int) -> bytes:
        return self._file.read(self._budget.read(size))

    def readline(self) -> bytes:
        line = self._file.readline(self._budget.bytes + 1)
        self._budget.read(len(line))
        return line
