"""A ninth kind of grounding: one new file, one new row, and the whole pack knows it."""

import shutil
from pathlib import Path

import pytest
import torch
from studio import CONTEXT, Studio, differ

from devtools.host_modules import load_pack

CHECKOUT = Path(__file__).parents[2]
ROWS = "gligen_core/modalities/__init__.py"
POINT = '''"""Points: a phrase and the middle of where it goes."""

import torch
from torch import nn

from ..layers.fourier import fourier_features, fourier_width
from ..layers.tokens import or_null, token_head
from ..gate.schedule import Phases
from .modality import Modality, Signature
from .text_box import TextBoxConfig, read


class PointTokenizer(nn.Module):
    def __init__(self, config, ops):
        super().__init__()
        self.null_phrase = nn.Parameter(torch.zeros(config.text_width))
        self.points = token_head(config.text_width + fourier_width(2), config.token_width, ops)

    def forward(self, inputs):
        middle = (inputs.boxes[..., :2] + inputs.boxes[..., 2:]) / 2
        text = or_null(inputs.text, self.null_phrase, inputs.present)
        position = fourier_features(middle) * inputs.present[..., None]
        return self.points(torch.cat((text, position), dim=-1))

    def null_tokens(self, slots):
        null = torch.cat((self.null_phrase.float(), torch.zeros(fourier_width(2))))
        return self.points(null[None, None]).expand(1, slots, -1)


POINT = Modality(
    name="point",
    title="point + text",
    takes="entities",
    signature=Signature(required=("position_net.points.0.weight",)),
    phases=Phases(0.5, 0.0, 0.5),
    config_of=lambda weights: TextBoxConfig(
        weights["null_phrase"].shape[0], weights["points.4.weight"].shape[0]
    ),
    build=PointTokenizer,
    read=read,
)
'''


@pytest.fixture(scope="module")
def nine(host, tmp_path_factory):
    """The studio of a pack in a folder of its own, with one more file and one more row."""
    folder = tmp_path_factory.mktemp("nine") / "pack"
    skip = shutil.ignore_patterns("__pycache__", ".*", "tests", "devtools", "docs", "node_modules")
    shutil.copytree(CHECKOUT, folder, ignore=skip)
    (folder / "gligen_core" / "modalities" / "point.py").write_text(POINT)
    rows = (folder / ROWS).read_text()
    one_more = rows.replace("_ROWS = (\n", "_ROWS = (\n    POINT,\n")
    (folder / ROWS).write_text(
        one_more.replace("from .sem ", "from .point import POINT\nfrom .sem ")
    )
    nodes = host("nodes")
    before = dict(nodes.NODE_CLASS_MAPPINGS), dict(nodes.NODE_DISPLAY_NAME_MAPPINGS)
    yield Studio(host, load_pack(host, folder))
    nodes.NODE_CLASS_MAPPINGS.update(before[0])
    nodes.NODE_DISPLAY_NAME_MAPPINGS.update(before[1])


@pytest.fixture(scope="module")
def untrained(nine):
    """A network of that kind for the studio's UNet, by its config; every gate open a little."""
    core = nine.pack("gligen_core.model")
    fusers = {
        block: core.FuserConfig("gatedSA", width, CONTEXT, 4)
        for block, width in nine.block_widths().items()
    }
    row = nine.pack("gligen_core.modalities").MODALITIES["point"]
    sizes = nine.pack("gligen_core.modalities.text_box").TextBoxConfig(CONTEXT, CONTEXT)
    torch.manual_seed(0)
    with torch.inference_mode(False):
        network = core.GligenModel(core.GligenConfig(row, sizes, fusers))
        for name, weight in network.named_parameters():
            if "alpha" in name:
                torch.nn.init.constant_(weight, 0.5)
    return network


@pytest.fixture(scope="module")
def loaded(nine, untrained):
    write = nine.pack("gligen_core.checkpoint.write")
    weights = nine.pack("gligen_core.checkpoint").ldm_weights(untrained)
    plans = {name: write.Plan(weight, weight.dtype) for name, weight in weights.items()}
    write.write_safetensors(nine.folder / "point.safetensors", plans, {})
    return nine.load("point.safetensors")


def test_load_tells_it_from_the_others(loaded):
    assert loaded.model.modality.name == "point"
    assert "point + text" in loaded.model.info


def test_it_stands_in_the_lists_of_nodes(nine):
    assert "point" in nine.pack("nodes.load").MODALITY_NAMES
    assert "point" in nine.pack("nodes.gate").PRESETS


def test_ground_apply_and_sample(nine, loaded):
    grounding = nine.ground(gligen=loaded)
    assert grounding.inputs.owners[0][:3] == ("e0", "e1", None)
    node = nine.pack("nodes.apply").ApplyGligen
    grounded = node.execute(nine.model, nine.text("a photo"), nine.text(""), grounding).result
    model, calls = nine.watched(grounded[0])
    found = nine.ksampler(model, *grounded[1:])
    assert [len(call.fusing) for call in calls] == [1, 1, 0, 0]  # its own phases: half of the steps
    plain = nine.ksampler(nine.model, nine.text("a photo"), nine.text(""))
    assert differ(found, plain)


def test_save_writes_its_name(nine, loaded):
    nine.pack("nodes.save").SaveGligen.execute(
        "point.safetensors", "point_small", "fp16", "ldm", "models/gligen", True, "auto"
    )
    read = nine.pack("gligen_core.checkpoint").read_checkpoint
    assert read(nine.folder / "point_small.safetensors").metadata["gligen.mode"] == "point"


def test_one_step_of_training(nine, untrained):
    unet_file = nine.pack("gligen_core.unet")
    inputs = nine.ground(gligen=nine.load("point.safetensors")).inputs
    with torch.inference_mode(False), torch.enable_grad():
        torch.manual_seed(1)
        unet = unet_file.UNet(nine.config).requires_grad_(False)
        optimizer = torch.optim.SGD(untrained.parameters(), lr=1e-3)
        x, context = torch.randn(1, 4, 8, 8), torch.randn(1, 4, CONTEXT)
        before = {name: each.clone() for name, each in untrained.named_parameters()}
        losses = []
        for _ in range(2):
            ground = untrained.grounding(untrained.position_net(inputs))
            error = (unet(x, torch.tensor([500]), context, ground) - x).square().mean()
            optimizer.zero_grad()
            error.backward()
            optimizer.step()
            losses.append(error.item())
    after = dict(untrained.named_parameters())
    assert not torch.equal(
        after["position_net.points.0.weight"], before["position_net.points.0.weight"]
    )
    assert losses[1] < losses[0]
