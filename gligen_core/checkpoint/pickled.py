"""What a pickle of torch.save is made of, as plain values: tensors by their place, names as names.

A global is only a name here: `torch._utils._rebuild_tensor_v2` and a few more are looked up in
REBUILD; whatever else a pickle asks to import, call or set becomes an `Inert`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from .limits import LARGEST, LONGEST_KEY, MOST_AXES

ATOMS = (str, bytes, int, float, type(None))  # hashing and comparing them is harmless
Charge = Callable[[int], None]  # told how many items are about to be copied; may refuse


class Global(NamedTuple):
    """The name of something in a Python module; never the thing. Both are text."""

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
    items: dict[Any, Any] | None = None
    elements: list[Any] | None = None


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


def make(maker: Any, arguments: Any, charge: Charge) -> Any:
    """What a call gives: a plain value where it is one of REBUILD, else an `Inert`."""
    rebuild = REBUILD.get(str(maker)) if isinstance(maker, Global) else None
    if rebuild is None or not isinstance(arguments, tuple):
        return Inert(maker, arguments)
    return rebuild(charge, *arguments)


def dict_of(pairs: Any) -> dict[Any, Any]:
    """Pairs as a dict, less the keys that are no atoms. ValueError for keys that are too long."""
    made: dict[Any, Any] = {}
    for key, value in pairs:
        if isinstance(key, str | bytes) and len(key) > LONGEST_KEY:
            raise ValueError(f"a key of {len(key):,} characters; at most {LONGEST_KEY:,} are read")
        if isinstance(key, int) and abs(key) > LARGEST:
            raise ValueError("a key of many digits")  # such share hashes by the thousand
        if isinstance(key, ATOMS):
            made[key] = value
    return made


def storage_of(identity: Any) -> PickledStorage | None:
    """The storage that a persistent id of `torch.save` stands for, or None."""
    match identity:
        case ("storage", Global() as kind, str() | int() as key, _, int() as count, *view):
            if isinstance(key, str) and len(key) > LONGEST_KEY:
                raise ValueError("a storage with an endless name")
            offset = view[0][1] if view and isinstance(view[0], tuple) else 0
            return PickledStorage(str(key), kind, _size(count), _size(offset))
        case _:
            return None


def _size(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
        raise ValueError("a size, offset or stride that is no whole number from 0 to 2^63")
    return value


def _sizes(values: Any) -> tuple[int, ...]:
    if not isinstance(values, list | tuple) or len(values) > MOST_AXES:
        raise ValueError(f"a tensor whose shape is no list of at most {MOST_AXES} numbers")
    return tuple(_size(value) for value in values)


def _tensor(charge: Charge, storage: Any, offset: Any, shape: Any, stride: Any, *_: Any) -> Any:
    if not isinstance(storage, PickledStorage):
        raise TypeError("a tensor without a storage")
    sizes, steps = _sizes(shape), _sizes(stride)
    if len(sizes) != len(steps):
        raise ValueError(f"a tensor of {len(sizes)} axes with {len(steps)} strides")
    return PickledTensor(storage, _size(offset), sizes, steps)


def _tensor_with_dtype(
    charge: Charge,
    storage: Any,
    offset: Any,
    shape: Any,
    stride: Any,
    requires_grad: Any,
    hooks: Any,
    dtype: Any,
    *_: Any,
) -> Any:
    tensor = _tensor(charge, storage, offset, shape, stride)
    if not isinstance(dtype, Global):
        raise TypeError("a tensor without a dtype")
    return PickledTensor(tensor.storage, tensor.offset, tensor.shape, tensor.stride, dtype)


def _of_type(charge: Charge, rebuild: Any, kind: Any, arguments: Any, *_: Any) -> Any:
    if isinstance(rebuild, Global) and REBUILD.get(str(rebuild)) is _of_type:
        raise TypeError("a tensor of a type of a type")
    return make(rebuild, arguments, charge)


def _parameter(charge: Charge, tensor: Any, *_: Any) -> Any:
    return tensor


def _dict(charge: Charge, items: Any = ()) -> dict[Any, Any]:
    if not isinstance(items, dict | list | tuple):
        raise TypeError("a dict of something else than pairs")
    charge(len(items))
    return dict_of(items.items() if isinstance(items, dict) else map(_pair, items))


def _pair(value: Any) -> Any:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise TypeError("a dict of something else than pairs")
    return value


def _default_dict(charge: Charge, factory: Any = None, items: Any = ()) -> dict[Any, Any]:
    return _dict(charge, items)


def _copy(kind: type[list[Any]] | type[tuple[Any, ...]]) -> Callable[..., Any]:
    def copy(charge: Charge, items: Any = ()) -> Any:
        if not isinstance(items, dict | list | tuple):
            raise TypeError("a collection of something else than items")
        charge(len(items))
        return kind(items)

    return copy


# What a state dict is made of. Nothing here does more than build a plain value; each copy is paid.
REBUILD: Mapping[str, Callable[..., Any]] = {
    "collections.OrderedDict": _dict,
    "collections.defaultdict": _default_dict,
    "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_tensor_v3": _tensor_with_dtype,
    "torch._utils._rebuild_parameter": _parameter,
    "torch._utils._rebuild_parameter_with_state": _parameter,
    "torch._tensor._rebuild_from_type_v2": _of_type,
    "torch.nn.parameter.Parameter": _parameter,
    "torch.Size": _copy(tuple),
} | {
    f"{module}.{name}": rebuild
    for module in ("builtins", "__builtin__")
    for name, rebuild in {
        "dict": _dict,
        "list": _copy(list),
        "tuple": _copy(tuple),
        "set": _copy(list),
        "frozenset": _copy(list),
    }.items()
}
