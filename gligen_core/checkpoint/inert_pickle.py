"""A reader of pickles that calls nothing a pickle names, within a budget.

The machine goes through the opcodes as `pickletools` lists them. Lists, dicts, numbers and text
become themselves, everything else a value of `pickled`. So a malicious file is read to its end
and does nothing; one that would take long, or much memory, is refused.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable
from typing import IO, Any, NamedTuple

from ..errors import GligenError
from ..text import excerpt
from .limits import LARGEST, LONGEST_KEY, MOST_BITS
from .pickle_budget import Budget, MeteredFile
from .pickled import Global, Inert, PickledStorage, dict_of, make, storage_of
from .plain_config import plain

__all__ = ["Budget", "Pickle", "plain", "read_pickle"]

EXTENSION = "copyreg extension"
_DAMAGE = (ArithmeticError, LookupError, MemoryError, RecursionError, TypeError, ValueError)
_MARK = object()


class Pickle(NamedTuple):
    """The value of a pickle, and every storage that it names, by key."""

    value: Any
    storages: dict[str, PickledStorage]


def read_pickle(file: IO[bytes], where: str, budget: Budget | None = None) -> Pickle:
    """Read one pickle, leaving the file behind it.

    where: names the file in errors · budget: what several pickles of one file share
    Tensors come as `PickledTensor`, sets as lists. Raises GligenError for a pickle that is cut
    short, makes no sense, or is no state dict's by its size.
    """
    budget = budget or Budget()
    machine = _Machine(budget)
    try:
        for opcode, argument, _ in pickletools.genops(MeteredFile(file, budget)):  # pyright: ignore[reportArgumentType]
            budget.step()
            machine.step(opcode.name, argument)
    except _DAMAGE as error:
        raise GligenError(
            f"{where}: its pickle is cut short, damaged or not of a state dict "
            f"({excerpt(error)}). Download it again."
        ) from None  # the cause may quote the file at length
    return Pickle(machine.stack[-1] if machine.stack else None, machine.storages)


class _Machine:
    """The stack and the memo of a pickle; see `pickletools` for what each opcode does to them."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.storages: dict[str, PickledStorage] = {}

    def step(self, name: str, argument: Any) -> None:
        if name in _LITERALS:
            if isinstance(argument, int) and argument.bit_length() > MOST_BITS:
                raise ValueError(f"a number of {argument.bit_length():,} bits")
            self.stack.append(argument)
        else:
            _OPERATIONS[name](self, argument)

    def to_mark(self) -> list[Any]:
        """Takes everything above the last mark off the stack, and the mark."""
        at = len(self.stack) - 1
        while self.stack[at] is not _MARK:
            at -= 1
            if at < 0:
                raise ValueError("no mark on the stack")
        taken = self.stack[at + 1 :]
        del self.stack[at:]
        return taken

    def take(self, count: int) -> list[Any]:
        taken = [self.stack.pop() for _ in range(count)]
        return taken[::-1]

    def collect(self, values: list[Any]) -> None:
        top = self.stack[-1]
        if isinstance(top, Inert):
            top.elements = top.elements or []
            top = top.elements
        if isinstance(top, list):
            top.extend(values)

    def fill(self, values: list[Any]) -> None:
        top = self.stack[-1]
        if isinstance(top, Inert):
            top.items = top.items or {}
            top = top.items
        if isinstance(top, dict):
            top.update(_pairs(values))

    def construct(self, maker: Any, arguments: Any) -> None:
        self.stack.append(make(maker, arguments, self.budget.copy))

    def set_state(self, state: Any) -> None:
        if isinstance(self.stack[-1], Inert):
            self.stack[-1].state = state

    def keep(self, number: int) -> None:
        if not 0 <= number <= LARGEST:
            raise ValueError("a place in the memo that has many digits")
        self.memo[number] = self.stack[-1]

    def storage(self, identity: Any) -> None:
        """What `torch.save` writes beside the pickle is asked for by such a tuple."""
        storage = storage_of(identity)
        if storage is None:
            self.stack.append(Inert("persistent id", identity))
            return
        if self.storages.setdefault(storage.key, storage).type != storage.type:
            raise ValueError("one storage of two types")
        self.stack.append(storage)


def _pairs(values: list[Any]) -> dict[Any, Any]:
    return dict_of(zip(values[::2], values[1::2], strict=True))


def _global(argument: str) -> Global:
    module, _, name = argument.partition(" ")
    return _name(module, name)


def _name(module: Any, name: Any) -> Global:
    """Foreign values are not turned into text: nested ones would double with each level."""
    if not isinstance(module, str) or not isinstance(name, str):
        raise TypeError("a global whose name is no text")
    if len(module) + len(name) > LONGEST_KEY:
        raise ValueError(f"a global with a name of {len(module) + len(name):,} characters")
    return Global(module, name)


def _object(machine: _Machine) -> None:
    maker, *arguments = machine.to_mark()
    machine.construct(maker, tuple(arguments))


def _new_with_keywords(machine: _Machine) -> None:
    maker, arguments, _ = machine.take(3)
    machine.stack.append(Inert(maker, arguments))


def _stack_global(machine: _Machine) -> None:
    module, name = machine.take(2)
    machine.stack.append(_name(module, name))


def _stop(machine: _Machine, argument: Any) -> None:
    """`genops` ends by itself."""


_LITERALS = frozenset(
    "INT BININT BININT1 BININT2 LONG LONG1 LONG4 FLOAT BINFLOAT STRING BINSTRING SHORT_BINSTRING "
    "BINBYTES SHORT_BINBYTES BINBYTES8 BYTEARRAY8 UNICODE BINUNICODE SHORT_BINUNICODE "
    "BINUNICODE8".split()
)
_Operation = Callable[[_Machine, Any], Any]
_OPERATIONS: dict[str, _Operation] = {
    "NONE": lambda machine, _: machine.stack.append(None),
    "NEWTRUE": lambda machine, _: machine.stack.append(True),
    "NEWFALSE": lambda machine, _: machine.stack.append(False),
    "EMPTY_LIST": lambda machine, _: machine.stack.append([]),
    "EMPTY_SET": lambda machine, _: machine.stack.append([]),
    "EMPTY_DICT": lambda machine, _: machine.stack.append({}),
    "EMPTY_TUPLE": lambda machine, _: machine.stack.append(()),
    "LIST": lambda machine, _: machine.stack.append(machine.to_mark()),
    "FROZENSET": lambda machine, _: machine.stack.append(machine.to_mark()),
    "DICT": lambda machine, _: machine.stack.append(_pairs(machine.to_mark())),
    "TUPLE": lambda machine, _: machine.stack.append(tuple(machine.to_mark())),
    "TUPLE1": lambda machine, _: machine.stack.append(tuple(machine.take(1))),
    "TUPLE2": lambda machine, _: machine.stack.append(tuple(machine.take(2))),
    "TUPLE3": lambda machine, _: machine.stack.append(tuple(machine.take(3))),
    "APPEND": lambda machine, _: machine.collect(machine.take(1)),
    "APPENDS": lambda machine, _: machine.collect(machine.to_mark()),
    "ADDITEMS": lambda machine, _: machine.collect(machine.to_mark()),
    "SETITEM": lambda machine, _: machine.fill(machine.take(2)),
    "SETITEMS": lambda machine, _: machine.fill(machine.to_mark()),
    "MARK": lambda machine, _: machine.stack.append(_MARK),
    "POP": lambda machine, _: machine.stack.pop(),
    "POP_MARK": lambda machine, _: machine.to_mark(),
    "DUP": lambda machine, _: machine.stack.append(machine.stack[-1]),
    "PUT": lambda machine, number: machine.keep(number),
    "BINPUT": lambda machine, number: machine.keep(number),
    "LONG_BINPUT": lambda machine, number: machine.keep(number),
    "MEMOIZE": lambda machine, _: machine.keep(len(machine.memo)),
    "GET": lambda machine, number: machine.stack.append(machine.memo[number]),
    "BINGET": lambda machine, number: machine.stack.append(machine.memo[number]),
    "LONG_BINGET": lambda machine, number: machine.stack.append(machine.memo[number]),
    "GLOBAL": lambda machine, name: machine.stack.append(_global(name)),
    "STACK_GLOBAL": lambda machine, _: _stack_global(machine),
    "EXT1": lambda machine, code: machine.stack.append(Global(EXTENSION, str(code))),
    "EXT2": lambda machine, code: machine.stack.append(Global(EXTENSION, str(code))),
    "EXT4": lambda machine, code: machine.stack.append(Global(EXTENSION, str(code))),
    "REDUCE": lambda machine, _: machine.construct(*machine.take(2)),
    "NEWOBJ": lambda machine, _: machine.construct(*machine.take(2)),
    "NEWOBJ_EX": lambda machine, _: _new_with_keywords(machine),
    "INST": lambda machine, name: machine.construct(_global(name), tuple(machine.to_mark())),
    "OBJ": lambda machine, _: _object(machine),
    "BUILD": lambda machine, _: machine.set_state(machine.stack.pop()),
    "PERSID": lambda machine, identity: machine.storage(identity),
    "BINPERSID": lambda machine, _: machine.storage(machine.stack.pop()),
    "PROTO": _stop,
    "FRAME": _stop,
    "STOP": _stop,
}
