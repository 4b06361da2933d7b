"""Grounding with the poses of a layout."""

from __future__ import annotations

from ...gligen_core.errors import GligenError
from ...gligen_core.modalities import keypoint
from ...gligen_core.modalities.spec import TokenizerInputs, batched
from .files import LoadedGligen
from .sources import Sources


def ground_poses(gligen: LoadedGligen, sources: Sources) -> TokenizerInputs:
    """Layouts for a keypoint GLIGEN; GligenError for too many people, or none at all."""
    layouts = sources.layouts(gligen)
    if not any(layout.poses for layout in layouts):
        raise GligenError(
            f"GLIGEN_Ground: {gligen.name} grounds with poses, and the layout has none. Draw or "
            "import some, or load a GLIGEN for boxes."
        )
    people = gligen.model.position_net.people
    return batched(
        [keypoint.prepare([pose.joints for pose in each.poses], people) for each in layouts]
    )
