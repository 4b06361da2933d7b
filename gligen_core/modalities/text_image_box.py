"""Text and image boxes: a phrase, a picture, or both, and where it goes.

Official `text_image_grounding_net.py`.
"""

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
from ..pictures import cut
from .modality import Modality, Owners, Signature, batched
from .slots import MAX_OBJECTS, check_slots, pad_owners, pad_slots, seen_from
from .sources import WHERE, Sources

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
    owners: Owners = ()

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
        padded = (pad_slots(tensor, slots) for tensor in self._tensors())
        return TextImageBoxInputs(*padded, owners=pad_owners(self.owners, slots))

    def to(self, device: Any) -> "TextImageBoxInputs":
        moved = (tensor.to(device) for tensor in self._tensors())
        return TextImageBoxInputs(*moved, owners=self.owners)

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
    owners: Sequence[str] = (),
) -> TextImageBoxInputs:
    """One layout's objects as tokenizer inputs, padded to `slots`: official `prepare_batch`.

    corners: x0, y0, x1, y1 of each object, or STYLE_CORNERS · text, image: n c
    use_text, use_image: the official text and image masks; 0 for a feature that is missing
    A strength below 1 blends all of an object's features with the learned null features.
    owners: ids of the objects; a picture that lends its style has none
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
        owners=pad_owners((tuple(owners),), count),
    ).padded(slots)


def read(sources: Sources, config: "TextImageBoxConfig") -> TextImageBoxInputs:
    """Layouts for a text+image GLIGEN: each object has a phrase, a picture, or both."""
    room = MAX_OBJECTS - (sources.style_image is not None)
    return batched(
        [
            _read(sources, config.width, layout.limit(room, sources.overflow).entities)
            for layout in sources.layouts()
        ]
    )


def _read(sources: Sources, width: int, entities: Sequence[Entity]) -> TextImageBoxInputs:
    for entity in entities:
        _check_described(entity, sources)
    named = [bool(entity.text.strip()) for entity in entities]
    text = torch.zeros(len(entities), width)
    if any(named):
        phrases = [entity.text for entity, has in zip(entities, named, strict=True) if has]
        text[named] = sources.encode_phrases(phrases, width)
    images = [_image_feature(sources, entity, width) for entity in entities]
    corners = [entity.box.as_tuple() for entity in entities]
    use_text = [e.use_text * has for e, has in zip(entities, named, strict=True)]
    use_image = [e.use_image * (e.image is not None) for e in entities]
    strengths = [entity.strength for entity in entities]
    if sources.style_image is not None:
        text = torch.cat((text, torch.zeros(1, width)))
        images.append(sources.encode_image(sources.style_image[:1], True, width))
        corners.append(STYLE_CORNERS)
        use_text, use_image = [*use_text, 0.0], [*use_image, 1.0]
        strengths.append(1.0)
    image = torch.stack(images) if images else torch.zeros(0, width)
    owners = [entity.id for entity in entities]
    return prepare(corners, text, image, use_text, use_image, strengths, owners=owners)


def _image_feature(sources: Sources, entity: Entity, width: int) -> Tensor:
    """-> c, zeros for an object without a picture.

    The official script crops around the centre; in training a box's cut was squeezed.
    """
    if entity.image is None or sources.images is None:
        return torch.zeros(width)
    picture = sources.images[entity.image : entity.image + 1]
    if sources.image_crop == "box":
        picture = cut(picture.movedim(-1, 1), entity.box.clamped() or entity.box).movedim(1, -1)
    return sources.encode_image(picture, sources.image_crop == "centre", width)


def _check_described(entity: Entity, sources: Sources) -> None:
    """GligenError for an object with neither phrase nor picture, or whose picture is not there."""
    if entity.image is None and not entity.text.strip():
        raise GligenError(
            f"{WHERE}: entity {entity.id!r} has neither text nor image, and {sources.gligen} "
            "grounds with either or both. Name what goes there, or give the row of a reference "
            "image."
        )
    if entity.image is None:
        return
    count = 0 if sources.images is None else len(sources.images)
    if entity.image >= count:
        have = f"`images` has {count}" if count else "`images` is not connected"
        raise GligenError(
            f"{WHERE}: entity {entity.id!r} wants reference image {entity.image} (from 0), "
            f"but {have}. Wire the pictures as one batch of at least {entity.image + 1}."
        )


@dataclass(frozen=True, slots=True)
class TextImageBoxConfig:
    """Widths of phrase and picture features (one for both), and of tokens."""

    width: int
    token_width: int

    @classmethod
    def of(cls, weights: Mapping[str, Tensor]) -> "TextImageBoxConfig":
        """Those of a state dict (keys without `position_net.`)."""
        return cls(
            width=weights["null_text_feature"].shape[0],
            token_width=weights["linears_text.4.weight"].shape[0],
        )


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
        """Width of the phrase and picture features this file was trained on."""
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


def build(config: TextImageBoxConfig, ops: Any) -> TextImageBoxTokenizer:
    """An untrained tokenizer."""
    return TextImageBoxTokenizer(config.width, config.token_width, ops)


TEXT_IMAGE_BOX = Modality(
    name="text_image_box",
    title="box + text + image",
    takes="entities",
    signature=Signature(
        required=("position_net.linears_text.0.weight", "position_net.linears_image.0.weight"),
    ),
    phases=Phases(1.0, 0.0, 0.0),  # gligen_inference.py, "an alarm clock sitting on the beach"
    config_of=TextImageBoxConfig.of,
    build=build,
    read=read,
)
