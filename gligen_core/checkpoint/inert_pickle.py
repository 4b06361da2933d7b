"""A reader of pickles that calls nothing a pickle names.

The machine goes through the opcodes as `pickletools` lists them. Lists, dicts, numbers and text
become themselves. A global is only a name here: `torch._utils._rebuild_tensor_v2` and a few
more are looked up in REBUILD, and whatever else a pickle asks to import, call or set becomes an
`Inert` that keeps what it was given. So a malicious file is read to its end and does nothing.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any, NamedTuple

from ..errors import GligenError


class Global(NamedTuple):
    """The name of something in a Python module; never the thing."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(eq=False, slots=True)
class Inert:
    """What stands for an object of a class, or a call of a function, that was not made.

    state: what the pickle would have set on it · items, elements: what it would have put into it
    """

    made_by: Any
    arguments: Any
    state: Any = None
    items: dict[Any, Any] = field(default_factory=dict)
    elements: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PickledStorage:
    """A block of bytes beside the pickle. count: of elements · offset: in elements, if a view."""

    key: str
    type: Global
    count: int
    offset: int = 0


@dataclass(frozen=True, slots=True)
class PickledTensor:
    """A view of a storage; offset and stride in elements. dtype: only where the storage has none"""

    storage: PickledStorage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]
    dtype: Global | None = None


class Pickle(NamedTuple):
    """The value of a pickle, and every storage that it names, by key."""

    value: Any
    storages: dict[str, PickledStorage]


def _tensor(storage: Any, offset: int, shape: Any, stride: Any, *_: Any) -> Any:
    if not isinstance(storage, PickledStorage):
        raise TypeError("a tensor without a storage")
    sizes, steps = (tuple(int(n) for n in numbers) for numbers in (shape, stride))
    return PickledTensor(storage, int(offset), sizes, steps)


def _tensor_with_dtype(
    storage: Any,
    offset: int,
    shape: Any,
    stride: Any,
    requires_grad: Any,
    hooks: Any,
    dtype: Any,
    *_: Any,
) -> Any:
    tensor = _tensor(storage, offset, shape, stride)
    if not isinstance(dtype, Global):
        raise TypeError("a tensor without a dtype")
    return PickledTensor(tensor.storage, tensor.offset, tensor.shape, tensor.stride, dtype)


def _of_type(rebuild: Any, kind: Any, arguments: Any, *_: Any) -> Any:
    return _make(rebuild, arguments)


def _dict(items: Any = ()) -> dict[Any, Any]:
    pairs = items.items() if isinstance(items, dict) else items
    return {key: value for key, value in pairs if isinstance(key, ATOMS)}


# What a state dict is made of. Nothing here does more than build a plain value.
REBUILD: Mapping[str, Callable[..., Any]] = {
    "collections.OrderedDict": _dict,
    "collections.defaultdict": lambda factory=None, items=(): _dict(items),
    "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_tensor_v3": _tensor_with_dtype,
    "torch._utils._rebuild_parameter": lambda tensor, *_: tensor,
    "torch._utils._rebuild_parameter_with_state": lambda tensor, *_: tensor,
    "torch._tensor._rebuild_from_type_v2": _of_type,
    "torch.nn.parameter.Parameter": lambda tensor, *_: tensor,
    "torch.Size": tuple,
} | {
    f"{module}.{name}": kind
    for module in ("builtins", "__builtin__")
    for name, kind in {
        "dict": _dict,
        "list": list,
        "tuple": tuple,
        "set": list,
        "frozenset": list,
    }.items()
}

ATOMS = (str, bytes, int, float, type(None))  # may be keys of dicts; hashing them is harmless
EXTENSION = "copyreg extension"
_DAMAGE = (ArithmeticError, LookupError, MemoryError, RecursionError, TypeError, ValueError)
_MARK = object()


def read_pickle(file: IO[bytes], where: str) -> Pickle:
    """Read one pickle, leaving the file behind it.

    where: names the file in errors. Tensors come as `PickledTensor`, sets as lists.
    Raises GligenError for a pickle that is cut short or makes no sense.
    """
    machine = _Machine()
    try:
        for opcode, argument, _ in pickletools.genops(file):
            machine.step(opcode.name, argument)
    except _DAMAGE as error:
        raise GligenError(
            f"{where}: its pickle is cut short or damaged ({error}). Download it again."
        ) from error
    return Pickle(machine.stack[-1] if machine.stack else None, machine.storages)


def plain(value: Any, depth: int = 32) -> Any:
    """Dicts, lists and atoms of a value; OmegaConf nodes become what they hold, the rest None.

    An OmegaConf container keeps its tree under `_content`, a leaf its value under `_val`.
    """
    return _plain(value, depth, {})


def _plain(value: Any, depth: int, done: dict[int, Any]) -> Any:
    if isinstance(value, ATOMS):
        return value
    if depth == 0 or id(value) in done:  # each object once, so a knot of references ends
        return done.get(id(value))
    done[id(value)] = None
    if isinstance(value, Inert):
        state = value.state if isinstance(value.state, dict) else {}
        result = _plain(state or value.items or value.elements or None, depth - 1, done)
    elif isinstance(value, dict):
        for inside in ("_content", "_val"):
            if inside in value and "_metadata" in value:
                result = _plain(value[inside], depth - 1, done)
                break
        else:
            result = {str(key): _plain(item, depth - 1, done) for key, item in value.items()}
    elif isinstance(value, list | tuple) and not isinstance(value, Global):
        result = [_plain(item, depth - 1, done) for item in value]
    else:
        result = None
    done[id(value)] = result
    return result


def _make(maker: Any, arguments: Any) -> Any:
    rebuild = REBUILD.get(str(maker)) if isinstance(maker, Global) else None
    if rebuild is None or not isinstance(arguments, tuple):
        return Inert(maker, arguments)
    return rebuild(*arguments)


class _Machine:
    """The stack and the memo of a pickle; see `pickletools` for what each opcode does to them."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.storages: dict[str, PickledStorage] = {}

    def step(self, name: str, argument: Any) -> None:
        if name in _LITERALS:
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
        goal = top.elements if isinstance(top, Inert) else top
        if isinstance(goal, list):
            goal.extend(values)

    def fill(self, values: list[Any]) -> None:
        top = self.stack[-1]
        goal = top.items if isinstance(top, Inert) else top
        if isinstance(goal, dict):
            goal.update(_pairs(values))

    def construct(self, maker: Any, arguments: Any) -> None:
        self.stack.append(_make(maker, arguments))

    def set_state(self, state: Any) -> None:
        if isinstance(self.stack[-1], Inert):
            self.stack[-1].state = state

    def keep(self, number: int) -> None:
        self.memo[number] = self.stack[-1]

    def storage(self, identity: Any) -> None:
        """What `torch.save` writes beside the pickle is asked for by such a tuple."""
        match identity:
            case ("storage", Global() as kind, str() | int() as key, _, int() as count, *view):
                offset = view[0][1] if view and view[0] is not None else 0
                storage = PickledStorage(str(key), kind, count, int(offset))
                self.storages[storage.key] = storage
                self.stack.append(storage)
            case _:
                self.stack.append(Inert("persistent id", identity))


def _pairs(values: list[Any]) -> dict[Any, Any]:
    return _dict(zip(values[::2], values[1::2], strict=True))


def _global(argument: str) -> Global:
    module, _, name = argument.partition(" ")
    return Global(module, name)


def _object(machine: _Machine) -> None:
    maker, *arguments = machine.to_mark()
    machine.construct(maker, tuple(arguments))


def _new_with_keywords(machine: _Machine) -> None:
    maker, arguments, _ = machine.take(3)
    machine.stack.append(Inert(maker, arguments))


def _stack_global(machine: _Machine) -> None:
    module, name = machine.take(2)
    machine.stack.append(Global(str(module), str(name)))


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
