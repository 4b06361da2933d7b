"""Schemas fitted to the host and the pages: what they know of, and sockets for all wires."""

from __future__ import annotations

import inspect
from dataclasses import fields

from comfy_api.latest import io

from .finding import ADVANCED, INTERMEDIATE_OUTPUT, SEARCH_ALIASES
from .names import node_names

INPUTS_KNOW = frozenset(inspect.signature(io.Input.__init__).parameters)
SCHEMAS_KNOW = frozenset(field.name for field in fields(io.Schema))


def fitted(node: type[io.ComfyNode]) -> type[io.ComfyNode]:
    """The node, whose `define_schema` from now on says what this host understands."""
    plain = node.define_schema

    def define_schema(cls: type[io.ComfyNode]) -> io.Schema:
        return fitted_schema(plain(), SCHEMAS_KNOW, INPUTS_KNOW)

    node.define_schema = classmethod(define_schema)  # pyright: ignore[reportAttributeAccessIssue]
    return node


def fitted_schema(
    schema: io.Schema, schemas_know: frozenset[str], inputs_know: frozenset[str]
) -> io.Schema:
    """The schema itself, changed. What a host does not know it is not told: 0.3.64 raises at it."""
    told = {
        "search_aliases": list(SEARCH_ALIASES.get(schema.node_id, ())),
        "has_intermediate_output": schema.node_id in INTERMEDIATE_OUTPUT,
    }
    for name in told.keys() & schemas_know:
        setattr(schema, name, told[name])
    names = node_names().get(schema.node_id)
    for each in schema.inputs or ():
        # For a page whose language has no name for it: newer ones show this in place of the id.
        if names and not each.display_name:
            each.display_name = names.inputs.get(each.id, each.id)
        if is_wire(each):
            each.extra_dict = {**each.extra_dict, "forceInput": True}
        elif "advanced" in inputs_know and each.id in ADVANCED.get(schema.node_id, ()):
            each.extra_dict = {**each.extra_dict, "advanced": True}
    return schema


def is_wire(each: io.Input) -> bool:
    """Whether an input has no field of its own.

    A page that knows its type (CURVE since page 1.42, BOUNDING_BOX, COLOR, ...) would give it one,
    and send that field's default with every prompt, in place of nothing.
    """
    return not isinstance(each, io.WidgetInput) and getattr(each, "input_override", None) is None
