"""The UNets that published GLIGENs are for: SD1.x, SD2.x and SDXL."""

from types import MappingProxyType

from .base import Base, Heads
from .blocks import SD1_BLOCKS

SD1 = Base(
    name="sd1",
    title="SD1.x",
    context=768,
    heads=Heads(count=8),
    text_encoder="CLIP ViT-L/14, the text encoder of SD1.x",
    encoders=("clip_l",),
    pooled="end of text",
    blocks=SD1_BLOCKS,
    linear_projection=False,
)
SD2 = Base(
    name="sd2",
    title="SD2.x",
    context=1024,
    heads=Heads(),
    text_encoder="OpenCLIP ViT-H/14, the text encoder of SD2.x",
    encoders=("clip_h",),
    pooled="penultimate layer",
    objective="v",
    blocks=SD1_BLOCKS,
)
SDXL = Base(
    name="sdxl",
    title="SDXL",
    context=2048,
    heads=Heads(),
    text_encoder="CLIP ViT-L/14 and OpenCLIP ViT-bigG/14, the text encoders of SDXL",
    encoders=("clip_l", "clip_g"),
    pooled="both encoders",
    # Picture size and pooled text beside the time step.
    diffusers=MappingProxyType(
        {
            "addition_embed_type": "text_time",
            "addition_time_embed_dim": 256,
            "projection_class_embeddings_input_dim": 2816,
        }
    ),
)
