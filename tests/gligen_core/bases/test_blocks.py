import pytest

from gligen_core.bases.blocks import BlockId, block_of_key, parse_block
from gligen_core.errors import GligenError


@pytest.mark.parametrize(
    "text, block",
    [
        ("input.1.0", BlockId("input", 1)),
        ("middle.0.9", BlockId("middle", 0, 9)),
        ("output.11", BlockId("output", 11, 0)),
        ("output_3_1", BlockId("output", 3, 1)),
    ],
)
def test_parse_reads_what_a_person_writes(text, block):
    assert parse_block(text) == block


@pytest.mark.parametrize(
    "block", [BlockId("input", 8), BlockId("middle", 0, 3), BlockId("output", 0, 7)], ids=str
)
def test_every_spelling_reads_back(block):
    assert parse_block(str(block)) == block
    assert parse_block(block.module_name) == block
    assert block_of_key(f"{block.ldm_prefix}fuser.alpha_attn") == block


@pytest.mark.parametrize("text", ["", "output", "side.1.0", "output.x", "output.1.2.3"])
def test_parse_says_what_a_block_looks_like(text):
    with pytest.raises(GligenError, match=r"'output\.3\.0'"):
        parse_block(text)


@pytest.mark.parametrize(
    "key, block",
    [
        ("input_blocks.1.1.transformer_blocks.0.fuser.linear.weight", BlockId("input", 1)),
        (
            "model.diffusion_model.middle_block.1.transformer_blocks.2.fuser.alpha_attn",
            BlockId("middle", 0, 2),
        ),
        ("output_blocks.3.1.transformer_blocks.0.attn1.to_q.weight", BlockId("output", 3)),
        ("input_blocks.0.0.weight", None),
        ("position_net.linears.0.weight", None),
    ],
)
def test_block_of_key_reads_sd_names(key, block):
    assert block_of_key(key) == block


def test_order_is_the_order_of_the_forward_pass():
    blocks = ["output.3.0", "input.11.0", "middle.0.0", "input.2.0", "input.2.1"]
    in_order = sorted(map(parse_block, blocks), key=lambda block: block.order)
    assert [str(block) for block in in_order] == [
        "input.2.0",
        "input.2.1",
        "input.11.0",
        "middle.0.0",
        "output.3.0",
    ]
