"""Text boxes: a phrase and where it goes. Official `text_grounding_net.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from ..errors import GligenError
from ..gate.schedule import Phases
from ..geometry import Box
from ..layers.fourier import fourier_features, fourier_width
from ..layers.tokens import or_null, token_head
from ..layout import Entity
from .modality import Modality, Owners, Signature, batched
from .slots import MAX_OBJECTS, check_slots, pad_owners, pad_slots, seen_from
from .sources import WHERE, Sources


@dataclass(frozen=True, slots=True)
class TextBoxInputs:
    """What the tokenizer reads, for b layouts with n slots each; float32 on the CPU.

    boxes: b n 4 (x0 y0 x1 y1, fractions of the canvas) · present: b n (0 absent .. 1 present)
    text: b n c (phrase features: CLIP pooled, before projection)
    """

    boxes: Tensor
    present: Tensor
    text: Tensor
    owners: Owners = ()

    @property
    def batch(self) -> int:
        return self.boxes.shape[0]

    @property
    def slots(self) -> int:
        return self.boxes.shape[1]

    def on_canvas(self, height: int, width: int) -> "TextBoxInputs":
        return self  # fractions are the same on any canvas

    def within(self, area: Box) -> "TextBoxInputs":
        boxes, visible = seen_from(self.boxes, area)
        return replace(self, boxes=boxes, present=self.present * visible)

    def padded(self, slots: int) -> "TextBoxInputs":
        boxes, present, text = (pad_slots(t, slots) for t in (self.boxes, self.present, self.text))
        return TextBoxInputs(boxes, present, text, pad_owners(self.owners, slots))

    def to(self, device: Any) -> "TextBoxInputs":
        boxes, present, text = (t.to(device) for t in (self.boxes, self.present, self.text))
        return TextBoxInputs(boxes, present, text, self.owners)


def prepare(
    boxes: Sequence[Box],
    text: Tensor,
    strengths: Sequence[float] | None = None,
    slots: int = MAX_OBJECTS,
    owners: Sequence[str] = (),
) -> TextBoxInputs:
    """One layout's objects as tokenizer inputs, padded to `slots`: official `prepare_batch`.

    text: n c, a feature per box. A strength below 1 blends the object's features with the
    learned null features, as the official fractional masks do. owners: ids of the objects
    """
    check_slots(len(boxes), slots)
    count = len(boxes)
    coordinates = torch.tensor([box.as_tuple() for box in boxes]).reshape(1, count, 4)
    present = torch.tensor(strengths if strengths is not None else [1.0] * count)
    features = text.float().reshape(1, count, text.shape[-1])
    return TextBoxInputs(
        coordinates.float(), present.float().clamp(0, 1)[None], features, (tuple(owners),)
    ).padded(slots)


def read(sources: Sources, config: "TextBoxConfig") -> TextBoxInputs:
    """Layouts for a text-box GLIGEN; GligenError names what is missing or too much."""
    return batched(
        [
            _read(sources, config, layout.limit(MAX_OBJECTS, sources.overflow).entities)
            for layout in sources.layouts()
        ]
    )


def _read(sources: Sources, config: "TextBoxConfig", entities: Sequence[Entity]) -> TextBoxInputs:
    for entity in entities:
        if not entity.text.strip():
            raise GligenError(
                f"{WHERE}: entity {entity.id!r} has no text, and {sources.gligen} grounds with "
                "text. Name what goes there."
            )
    return prepare(
        [entity.box for entity in entities],
        sources.encode_phrases([entity.text for entity in entities], config.text_width),
        [entity.strength for entity in entities],
        owners=[entity.id for entity in entities],
    )


@dataclass(frozen=True, slots=True)
class TextBoxConfig:
    """Widths of phrase features and of tokens."""

    text_width: int
    token_width: int

    @classmethod
    def of(cls, weights: Mapping[str, Tensor]) -> "TextBoxConfig":
        """Those of a state dict (keys without `position_net.`)."""
        return cls(
            text_width=weights["null_positive_feature"].shape[0],
            token_width=weights["linears.4.weight"].shape[0],
        )


class TextBoxTokenizer(nn.Module):
    """Grounding tokens of (phrase, box) pairs: GLIGEN (arXiv 2301.07093), equation 5.

    h_i = MLP([text_i ; fourier(box_i)]); absent objects use learned null features.
    """

    def __init__(self, text_width: int, token_width: int, ops: Any = nn) -> None:
        super().__init__()
        position_width = fourier_width(4)
        self.null_positive_feature = nn.Parameter(torch.zeros(text_width))
        self.null_position_feature = nn.Parameter(torch.zeros(position_width))
        self.linears = token_head(text_width + position_width, token_width, ops)

    @property
    def text_width(self) -> int:
        """Width of the phrase features this file was trained on."""
        return self.null_positive_feature.shape[0]

    def forward(self, inputs: TextBoxInputs) -> Tensor:
        """-> tokens: b n c"""
        text = or_null(inputs.text, self.null_positive_feature, inputs.present)
        position = fourier_features(inputs.boxes)
        position = or_null(position, self.null_position_feature, inputs.present)
        return self.linears(torch.cat((text, position), dim=-1))

    def null_tokens(self, slots: int) -> Tensor:
        """Tokens of a layout without objects, which the official CFG gives the unconditional.

        -> 1 n c
        """
        null = torch.cat((self.null_positive_feature, self.null_position_feature)).float()
        return self.linears(null[None, None]).expand(1, slots, -1)


def build(config: TextBoxConfig, ops: Any) -> TextBoxTokenizer:
    """An untrained tokenizer."""
    return TextBoxTokenizer(config.text_width, config.token_width, ops)


TEXT_BOX = Modality(
    name="text_box",
    title="box + text",
    takes="entities",
    signature=Signature(
        required=("position_net.null_positive_feature", "position_net.linears.0.weight"),
    ),
    phases=Phases(0.3, 0.0, 0.7),  # gligen_inference.py, first example
    config_of=TextBoxConfig.of,
    build=build,
    read=read,
)
