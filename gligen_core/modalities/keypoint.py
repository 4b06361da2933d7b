"""Keypoints: the joints of people. Official `keypoint_grounding_net.py`."""

from .spec import ModalitySpec, Signature

SPEC = ModalitySpec(
    name="keypoint",
    title="keypoints",
    takes="poses",
    signature=Signature(required=("position_net.person_embeddings",)),
    gate_phases=(0.3, 0.0, 0.7),  # gligen_inference.py, "A young man and a small boy are talking"
)
