"""Text and image boxes: a phrase, a picture, or both, and where it goes.

Official `text_image_grounding_net.py`.
"""

from .spec import ModalitySpec, Signature

SPEC = ModalitySpec(
    name="text_image_box",
    title="box + text + image",
    takes="entities",
    signature=Signature(
        required=("position_net.linears_text.0.weight", "position_net.linears_image.0.weight"),
    ),
    gate_phases=(1.0, 0.0, 0.0),  # gligen_inference.py, "an alarm clock sitting on the beach"
)
