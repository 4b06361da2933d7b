"""Small GLIGEN weights, and the names and shapes of the ten official files."""

import json
import sys
from pathlib import Path

import pytest
import torch

from gligen_core.bases.blocks import BlockId
from gligen_core.checkpoint import CheckpointFile
from gligen_core.checkpoint.inert_pickle import read_pickle
from gligen_core.checkpoint.stored import StoredTensor
from gligen_core.layers.fuser import GatedSelfAttention
from gligen_core.modalities.text_box import TextBoxTokenizer

sys.path.insert(0, str(Path(__file__).parent))

FIXTURES = Path(__file__).parents[2] / "fixtures"
BLOCKS = (BlockId("input", 1), BlockId("middle", 0), BlockId("output", 11))
WIDTH, CONTEXT = 32, 64
GROUNDING = ("position_net.", "downsample_net.", "input_blocks.0.0.")


@pytest.fixture(scope="session")
def official_shapes():
    """file -> every key and shape of the official UNet."""
    unet = json.loads((FIXTURES / "checkpoint_keys" / "unet.json").read_text())
    own = json.loads((FIXTURES / "grounding_keys.json").read_text())
    return {
        file: {key: tuple(shape) for key, shape in (unet | keys).items()}
        for file, keys in own.items()
    }


@pytest.fixture(scope="session")
def official_file(official_shapes):
    """(file, ...) -> what reading it gives, but for the bytes of the tensors."""

    def file(name, path=None, **claims):
        tensors = {
            key: StoredTensor(Path(name), 0, 0, torch.float32, shape)
            for key, shape in official_shapes[name].items()
            if ".fuser." in key or key.startswith(GROUNDING)
        }
        return CheckpointFile(Path(path or f"{name}.bin"), tensors, **claims)

    return file


@pytest.fixture(scope="session")
def weights():
    """A text-box GLIGEN of three fusers under LDM names, random."""
    torch.manual_seed(0)
    modules = {
        f"{block.ldm_prefix}fuser.": GatedSelfAttention(WIDTH, CONTEXT, 1) for block in BLOCKS
    }
    modules["position_net."] = TextBoxTokenizer(CONTEXT, CONTEXT)
    return {
        prefix + key: torch.randn(weight.shape)
        for prefix, module in modules.items()
        for key, weight in module.state_dict().items()
    }


@pytest.fixture(scope="session")
def sd_weights():
    """Some of what a whole UNet holds besides; the first convolution is SD's own."""
    return {
        "input_blocks.0.0.weight": torch.randn(WIDTH, 4, 3, 3),
        "input_blocks.0.0.bias": torch.randn(WIDTH),
        "time_embed.0.weight": torch.randn(8, 8),
        "input_blocks.1.1.transformer_blocks.0.attn1.to_q.weight": torch.randn(WIDTH, WIDTH),
    }


@pytest.fixture(scope="session")
def config_dict():
    """`vars()` of an OmegaConf 2.1 config, as official files hold it, read inertly.

    The fixture file was written with omegaconf, which is no dependency of the pack.
    """
    with (FIXTURES / "checkpoint_keys" / "config_dict.pkl").open("rb") as file:
        return read_pickle(file, "config_dict.pkl").value


@pytest.fixture(scope="session")
def small_file():
    """(width of the tokens, dtypes by prefix, dtype) -> a text-box file with one wide fuser."""

    def file(context, dtypes=None, dtype=torch.float32):
        with torch.device("meta"):
            fuser, tokenizer = (
                GatedSelfAttention(640, context, 8),
                TextBoxTokenizer(context, context),
            )
        shapes = {f"position_net.{key}": w.shape for key, w in tokenizer.state_dict().items()}
        prefix = f"{BLOCKS[0].ldm_prefix}fuser."
        shapes |= {prefix + key: weight.shape for key, weight in fuser.state_dict().items()}
        chosen = {
            key: next((d for start, d in (dtypes or {}).items() if key.startswith(start)), dtype)
            for key in shapes
        }
        return CheckpointFile(
            Path("small.safetensors"),
            {key: StoredTensor(Path(), 0, 0, chosen[key], tuple(shapes[key])) for key in shapes},
        )

    return file
