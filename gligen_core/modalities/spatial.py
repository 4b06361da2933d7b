"""Maps: a picture of edges, depth, normals or classes, seen by a ConvNeXt.

Official `hed_grounding_net.py` and its three likes, which differ in names only.
"""

BACKBONE = "position_net.convnext_tiny_backbone."
CLASSES_CONVOLUTION = "position_net.in_conv.weight"  # of semantic maps only
DOWNSAMPLER = "downsample_net."
DOWNSAMPLER_WEIGHT = "downsample_net.layers.0.weight"
FIRST_CONVOLUTION = "input_blocks.0.0.weight"
LATENT_CHANNELS = 4  # of SD's first convolution; a map's channels come behind them
