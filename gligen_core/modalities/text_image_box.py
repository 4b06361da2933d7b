"""Text and image boxes: a phrase, a picture, or both, and where it goes.

Official `text_image_grounding_net.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from ..geometry import Box
from ..layers.fourier import fourier_features, fourier_width
from ..layers.tokens import or_null, token_head
from ..schedule import Phases
from .slots import MAX_OBJECTS, check_slots, pad_slots, seen_from
from .spec import ModalitySpec, Signature

# Where a picture that only lends its style goes: a box without area (gligen_inference.py,
# "a brick house in the woods, anime, oil painting").
STYLE_CORNERS = (0.0, 1.0, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class TextImageBoxInputs:
    """What the tokenizer reads, for b layouts with n slots each; float32 on the CPU.

    boxes: b n 4 (x0 y0 x1 y1, fractions of the canvas) · present: b n (0 absent .. 1 present)
    text: b n c (CLIP pooled, before projection) · image: b n c (see `features.image_feature`)
    use_text, use_image: b n (0..1)
    """

    boxes: Tensor
    present: Tensor
    text: Tensor
    image: Tensor
    use_text: Tensor
    use_image: Tensor

    @property
    def batch(self) -> int:
        return self.boxes.shape[0]

    @property
    def slots(self) -> int:
        return self.boxes.shape[1]

    def on_canvas(self, height: int, width: int) -> "TextImageBoxInputs":
        return self  # fractions are the same on any canvas

    def within(self, area: Box) -> "TextImageBoxInputs":
        """A picture that lends its style is seen from everywhere."""
        style = (self.boxes == torch.tensor(STYLE_CORNERS)).all(dim=-1)
        boxes, visible = seen_from(self.boxes, area)
        visible = visible | style
        return replace(
            self,
            boxes=torch.where(style[..., None], self.boxes, boxes),
            present=self.present * visible,
            use_text=self.use_text * visible,
            use_image=self.use_image * visible,
        )

    def padded(self, slots: int) -> "TextImageBoxInputs":
        return TextImageBoxInputs(*(pad_slots(tensor, slots) for tensor in self._tensors()))

    def to(self, device: Any) -> "TextImageBoxInputs":
        return TextImageBoxInputs(*(tensor.to(device) for tensor in self._tensors()))

    def _tensors(self) -> tuple[Tensor, ...]:
        return self.boxes, self.present, self.text, self.image, self.use_text, self.use_image


def prepare(
    corners: Sequence[tuple[float, float, float, float]],
    text: Tensor,
    image: Tensor,
    use_text: Sequence[float],
    use_image: Sequence[float],
    strengths: Sequence[float] | None = None,
    slots: int = MAX_OBJECTS,
) -> TextImageBoxInputs:
    """One layout's objects as tokenizer inputs, padded to `slots`: official `prepare_batch`.

    corners: x0, y0, x1, y1 of each object, or STYLE_CORNERS · text, image: n c
    use_text, use_image: the official text and image masks; 0 for a feature that is missing
    A strength below 1 blends all of an object's features with the learned null features.
    """
    check_slots(len(corners), slots)
    count = len(corners)
    strength = torch.tensor(strengths if strengths is not None else [1.0] * count).clamp(0, 1)
    return TextImageBoxInputs(
        boxes=torch.tensor(corners, dtype=torch.float32).reshape(1, count, 4),
        present=strength[None],
        text=text.float()[None],
        image=image.float()[None],
        use_text=(torch.tensor(use_text, dtype=torch.float32) * strength)[None],
        use_image=(torch.tensor(use_image, dtype=torch.float32) * strength)[None],
    ).padded(slots)


class TextImageBoxTokenizer(nn.Module):
    """Grounding tokens of phrases with boxes, then of pictures with the same boxes: 2n of them.

    A phrase that is not used still gives a token, of its box and the learned null feature.
    """

    def __init__(self, width: int, token_width: int, ops: Any = nn) -> None:
        super().__init__()
        position_width = fourier_width(4)
        self.null_text_feature = nn.Parameter(torch.zeros(width))
        self.null_image_feature = nn.Parameter(torch.zeros(width))
        self.null_position_feature = nn.Parameter(torch.zeros(position_width))
        self.linears_text = token_head(width + position_width, token_width, ops)
        self.linears_image = token_head(width + position_width, token_width, ops)

    @property
    def text_width(self) -> int:
        """Width of the phrase and picture features this file was trained on (768)."""
        return self.null_text_feature.shape[0]

    def forward(self, inputs: TextImageBoxInputs) -> Tensor:
        """-> tokens: b 2n c"""
        position = fourier_features(inputs.boxes)
        position = or_null(position, self.null_position_feature, inputs.present)
        text = or_null(inputs.text, self.null_text_feature, inputs.use_text)
        image = or_null(inputs.image, self.null_image_feature, inputs.use_image)
        return torch.cat(
            (
                self.linears_text(torch.cat((text, position), dim=-1)),
                self.linears_image(torch.cat((image, position), dim=-1)),
            ),
            dim=1,
        )

    def null_tokens(self, slots: int) -> Tensor:
        """Tokens of a layout without objects: 1 2n c"""
        position = self.null_position_feature.float()
        text = torch.cat((self.null_text_feature.float(), position))[None, None]
        image = torch.cat((self.null_image_feature.float(), position))[None, None]
        return torch.cat(
            (
                self.linears_text(text).expand(1, slots, -1),
                self.linears_image(image).expand(1, slots, -1),
            ),
            dim=1,
        )


def build_tokenizer(weights: Mapping[str, Tensor], ops: Any) -> TextImageBoxTokenizer:
    """A tokenizer of the widths of a state dict (keys without `position_net.`)."""
    return TextImageBoxTokenizer(
        width=weights["null_text_feature"].shape[0],
        token_width=weights["linears_text.4.weight"].shape[0],
        ops=ops,
    )


SPEC = ModalitySpec(
    name="text_image_box",
    title="box + text + image",
    takes="entities",
    signature=Signature(
        required=("position_net.linears_text.0.weight", "position_net.linears_image.0.weight"),
    ),
    phases=Phases(1.0, 0.0, 0.0),  # gligen_inference.py, "an alarm clock sitting on the beach"
    tokenizer=build_tokenizer,
)
