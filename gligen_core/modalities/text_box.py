"""Text boxes: a phrase and where it goes. Official `text_grounding_net.py`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ..errors import GligenError
from ..geometry import Box
from ..layers.fourier import fourier_features, fourier_width
from .spec import ModalitySpec, Signature

HIDDEN = 512  # width of the tokenizer's hidden layers in every published file
MAX_OBJECTS = 30  # `max_objs` of the official inference script; files were trained with it


@dataclass(frozen=True, slots=True)
class TextBoxInputs:
    """What the tokenizer reads, for b layouts with n slots each; float32 on the CPU.

    boxes: b n 4 (x0 y0 x1 y1, fractions of the canvas) · present: b n (0 absent .. 1 present)
    text: b n c (phrase features: CLIP pooled, before projection)
    """

    boxes: Tensor
    present: Tensor
    text: Tensor

    @property
    def slots(self) -> int:
        """n: places for objects, absent ones included."""
        return self.boxes.shape[1]

    def to(self, device: Any) -> "TextBoxInputs":
        return TextBoxInputs(self.boxes.to(device), self.present.to(device), self.text.to(device))

    def padded(self, slots: int) -> "TextBoxInputs":
        """The same objects with absent ones behind them, `slots` in all."""
        missing = slots - self.boxes.shape[1]
        pad = torch.nn.functional.pad
        return TextBoxInputs(
            pad(self.boxes, (0, 0, 0, missing)),
            pad(self.present, (0, missing)),
            pad(self.text, (0, 0, 0, missing)),
        )

    def within(self, area: Box) -> "TextBoxInputs":
        """The layout as seen from an area of the canvas: clipped to it, in fractions of it.

        Objects that lie outside become absent.
        """
        origin = torch.tensor((area.x0, area.y0, area.x0, area.y0))
        size = torch.tensor((area.width, area.height, area.width, area.height))
        boxes = ((self.boxes - origin) / size).clamp(0, 1)
        visible = (boxes[..., 2] > boxes[..., 0]) & (boxes[..., 3] > boxes[..., 1])
        return TextBoxInputs(boxes, self.present * visible, self.text)


def prepare(
    boxes: Sequence[Box],
    text: Tensor,
    strengths: Sequence[float] | None = None,
    slots: int = MAX_OBJECTS,
) -> TextBoxInputs:
    """One layout's objects as tokenizer inputs, padded to `slots`: official `prepare_batch`.

    text: n c, a feature per box. A strength below 1 blends the object's features with the
    learned null features, as the official fractional masks do.
    """
    if len(boxes) > slots:
        raise GligenError(
            f"{len(boxes)} objects in the layout; this checkpoint takes {slots}. "
            f"Remove {len(boxes) - slots}, or set 'overflow' to 'keep largest'."
        )
    count = len(boxes)
    coordinates = torch.tensor([box.as_tuple() for box in boxes]).reshape(1, count, 4)
    present = torch.tensor(strengths if strengths is not None else [1.0] * count)
    features = text.float().reshape(1, count, text.shape[-1])
    return TextBoxInputs(coordinates.float(), present.float().clamp(0, 1)[None], features).padded(
        slots
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
        self.linears = nn.Sequential(
            ops.Linear(text_width + position_width, HIDDEN),
            nn.SiLU(),
            ops.Linear(HIDDEN, HIDDEN),
            nn.SiLU(),
            ops.Linear(HIDDEN, token_width),
        )

    @property
    def text_width(self) -> int:
        """Width of the phrase features this file was trained on (768: CLIP ViT-L/14)."""
        return self.null_positive_feature.shape[0]

    def forward(self, inputs: TextBoxInputs) -> Tensor:
        """-> tokens: b n c"""
        present = inputs.present[..., None]
        text = inputs.text + (1 - present) * (
            self.null_positive_feature.to(inputs.text) - inputs.text
        )
        position = fourier_features(inputs.boxes)
        position = position + (1 - present) * (self.null_position_feature.to(position) - position)
        return self.linears(torch.cat((text, position), dim=-1))

    def null_tokens(self, slots: int) -> Tensor:
        """Tokens of a layout without objects, which the official CFG gives the unconditional.

        -> 1 n c
        """
        feature = self.null_positive_feature
        zeros = torch.zeros(1, slots, device=feature.device)
        return self(
            TextBoxInputs(
                zeros[..., None].expand(-1, -1, 4),
                zeros,
                zeros[..., None].expand(-1, -1, self.text_width),
            )
        )


def build_tokenizer(weights: dict[str, Tensor], ops: Any) -> TextBoxTokenizer:
    """A tokenizer of the widths of a state dict (keys without `position_net.`)."""
    return TextBoxTokenizer(
        text_width=weights["null_positive_feature"].shape[0],
        token_width=weights["linears.4.weight"].shape[0],
        ops=ops,
    )


SPEC = ModalitySpec(
    name="text_box",
    title="box + text",
    takes="entities",
    signature=Signature(
        required=("position_net.null_positive_feature", "position_net.linears.0.weight"),
    ),
    gate_phases=(0.3, 0.0, 0.7),  # gligen_inference.py, first example
    tokenizer=build_tokenizer,
)
