"""Keypoints: the joints of people. Official `keypoint_grounding_net.py`."""

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
from ..skeletons import JOINT_COUNT, Joint, remedy_for
from .modality import Modality, Owners, Signature, batched
from .slots import on_area
from .sources import WHERE, Sources

MAX_PEOPLE = 8  # `max_persons_per_image` of the official configuration


@dataclass(frozen=True, slots=True)
class KeypointInputs:
    """What the tokenizer reads, for b layouts; person after person, 17 joints each.

    points: b n 2 (x y, fractions of the canvas) · present: b n (0 missing, 1 there)
    """

    points: Tensor
    present: Tensor
    owners: Owners = ()

    @property
    def batch(self) -> int:
        return self.points.shape[0]

    @property
    def slots(self) -> int:
        return 0  # the network has learned each person's

    def on_canvas(self, height: int, width: int) -> "KeypointInputs":
        return self  # fractions are the same on any canvas

    def within(self, area: Box) -> "KeypointInputs":
        points = on_area(self.points, area)
        visible = ((points >= 0) & (points <= 1)).all(dim=-1)
        return replace(self, points=points, present=self.present * visible)

    def padded(self, slots: int) -> "KeypointInputs":
        return self

    def to(self, device: Any) -> "KeypointInputs":
        return replace(self, points=self.points.to(device), present=self.present.to(device))


def prepare(
    people: Sequence[Sequence[Joint]],
    max_people: int = MAX_PEOPLE,
    owners: Sequence[str] = (),
) -> KeypointInputs:
    """One layout's poses as tokenizer inputs: official `prepare_batch_kp`.

    people: 17 joints each, COCO order. A joint whose x and y add up to 0 counts as missing, as
    it does there; so do joints that are not visible. owners: ids of the people
    """
    if len(people) > max_people:
        raise GligenError(
            f"{len(people)} people in the layout; this checkpoint takes {max_people}. "
            f"Remove {len(people) - max_people}."
        )
    for number, joints in enumerate(people, start=1):
        if len(joints) != JOINT_COUNT:
            raise GligenError(
                f"person {number} of the layout has {len(joints)} joints; expected {JOINT_COUNT} "
                f"in COCO's order. {remedy_for(len(joints))}"
            )
    points = torch.zeros(1, max_people * JOINT_COUNT, 2)
    rows = [
        (joint.x, joint.y) if joint.visible > 0 else (0.0, 0.0)
        for joints in people
        for joint in joints
    ]
    points[0, : len(rows)] = torch.tensor(rows).reshape(-1, 2)
    owned = [owner for owner in owners for _ in range(JOINT_COUNT)]
    nobody = [None] * (max_people * JOINT_COUNT - len(owned))
    return KeypointInputs(points, (points.sum(dim=-1) != 0).float(), ((*owned, *nobody),))


def read(sources: Sources, config: "KeypointConfig") -> KeypointInputs:
    """Layouts for a keypoint GLIGEN; GligenError for too many people, or none at all."""
    layouts = sources.layouts()
    if not any(layout.poses for layout in layouts):
        raise GligenError(
            f"{WHERE}: {sources.gligen} grounds with poses, and the layout has none. Draw or "
            "import some, or load a GLIGEN for boxes."
        )
    return batched(
        [
            prepare([pose.joints for pose in each.poses], config.people, [p.id for p in each.poses])
            for each in layouts
        ]
    )


@dataclass(frozen=True, slots=True)
class KeypointConfig:
    """How many people the tokenizer has learned, the width of their features, and of tokens."""

    people: int
    width: int
    token_width: int

    @classmethod
    def of(cls, weights: Mapping[str, Tensor]) -> "KeypointConfig":
        """The sizes of a state dict (keys without `position_net.`)."""
        people, width = weights["person_embeddings"].shape
        return cls(people, width, token_width=weights["linears.4.weight"].shape[0])


class KeypointTokenizer(nn.Module):
    """Grounding tokens of joints: GLIGEN (arXiv 2301.07093), section 3.1, "keypoints".

    h = MLP([person_i + joint_k ; fourier(point)]); missing joints use learned null features.
    """

    def __init__(self, people: int, width: int, token_width: int, ops: Any = nn) -> None:
        super().__init__()
        position_width = fourier_width(2)
        self.person_embeddings = nn.Parameter(torch.zeros(people, width))
        self.keypoint_embeddings = nn.Parameter(torch.zeros(JOINT_COUNT, width))
        self.null_person_feature = nn.Parameter(torch.zeros(width))
        self.null_xy_feature = nn.Parameter(torch.zeros(position_width))
        self.linears = token_head(width + position_width, token_width, ops)

    @property
    def people(self) -> int:
        """How many people the file was trained with."""
        return self.person_embeddings.shape[0]

    def forward(self, inputs: KeypointInputs) -> Tensor:
        """-> tokens: b n c"""
        identity = (self.person_embeddings[:, None] + self.keypoint_embeddings).flatten(0, 1)
        identity = identity.to(inputs.points).expand(inputs.batch, -1, -1)
        identity = or_null(identity, self.null_person_feature, inputs.present)
        position = fourier_features(inputs.points)
        position = or_null(position, self.null_xy_feature, inputs.present)
        return self.linears(torch.cat((identity, position), dim=-1))

    def null_tokens(self, slots: int) -> Tensor:
        """Tokens of a layout without people: 1 n c; n is fixed by the file."""
        null = torch.cat((self.null_person_feature, self.null_xy_feature)).float()
        return self.linears(null[None, None]).expand(1, self.people * JOINT_COUNT, -1)


def build(config: KeypointConfig, ops: Any) -> KeypointTokenizer:
    """An untrained tokenizer."""
    return KeypointTokenizer(config.people, config.width, config.token_width, ops)


KEYPOINT = Modality(
    name="keypoint",
    title="keypoints",
    takes="poses",
    signature=Signature(required=("position_net.person_embeddings",)),
    phases=Phases(0.3, 0.0, 0.7),  # gligen_inference.py, "A young man and a small boy are talking"
    config_of=KeypointConfig.of,
    build=build,
    read=read,
)
