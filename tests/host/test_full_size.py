"""Official files at their full size and nesting, with random weights, on a full-size SD1.5.

One after the other, in half precision, on a latent of 8 x 8 cells, which the lowest level sees as
one: what fits in memory and time, and all that it takes to load, ground and sample.
"""

import gc
import json
import weakref
from pathlib import Path

import pytest
import torch
from modes import Modes
from studio import differ
from test_first_conv import vae

from devtools.bench.networks import Noise

FIXTURES = Path(__file__).parents[1] / "fixtures"
DTYPE = torch.float16
STEPS = 2
FILES = {
    "generation_canny": "canny",
    "generation_keypoint": "keypoint",
    "inpainting_text_image": "text_image_box",
}
GLIGEN = (".fuser.", "position_net.", "downsample_net.", "input_blocks.0.0.")


@pytest.fixture(scope="module")
def noise():
    return Noise(DTYPE)


@pytest.fixture(scope="module")
def model(studio, noise):
    """The host's SD1.5 of full size."""
    demo = studio.pack("host.demo_model")
    config = demo.host_unet_config(studio.pack("gligen_core.unet").UNetConfig())
    settings = studio.host("comfy.supported_models").SD15(config)
    settings.set_inference_dtype(DTYPE, torch.float32)
    made = settings.get_model({}, "")
    for name, weight in made.diffusion_model.state_dict().items():
        weight.copy_(noise.weight(name, tuple(weight.shape)))
    device = studio.host("comfy.model_management").get_torch_device()
    yield studio.host("comfy.model_patcher").ModelPatcher(made, device, torch.device("cpu"))
    del made
    free(studio)


@pytest.fixture(scope="module")
def plain(studio, model):
    with torch.inference_mode():
        return sampled(studio, model, studio.text("a photo"), studio.text(""), studio.latent())


@pytest.fixture
def official_file(studio, noise):
    """name -> the file, as `torch.save` nests it; SD's own part as its names and shapes only."""
    written = []

    def write(name):
        own = json.loads((FIXTURES / "grounding_keys.json").read_text())[name]
        shapes = json.loads((FIXTURES / "checkpoint_keys" / "unet.json").read_text()) | own
        sd = torch.zeros(1, dtype=DTYPE)  # one number in the file, however often
        weights = {
            key: noise.weight(key, shape) if any(p in key for p in GLIGEN) else sd.expand(*shape)
            for key, shape in shapes.items()
        }
        written.append(studio.folder / f"{name}.bin")
        parts = {part: {"weight": sd} for part in ("autoencoder", "text_encoder", "diffusion")}
        torch.save({"model": weights, **parts, "config_dict": config(name)}, written[-1])
        return written[-1]

    yield write
    for file in written:
        file.unlink()


def config(name):
    """What the official configs say of the mode, in their words."""
    words = {"canny": "canny", "keypoint": "keypoint", "text_image_box": "text_image"}
    target = f"ldm.modules.diffusionmodules.{words[FILES[name]]}_grounding_net.PositionNet"
    return {
        "model": {
            "params": {
                "inpaint_mode": name.startswith("inpainting"),
                "grounding_tokenizer": {"target": target},
            }
        }
    }


def sources(modes: Modes, mode):
    """The Ground node's inputs; an object of the text + image mode has both."""
    if mode != "text_image_box":
        return modes.sources(mode)
    entities = modes.studio.layout().entities
    first = type(entities[0])(id="first", box=entities[0].box, text=entities[0].text, image=0)
    layout = modes.studio.layout().with_entities((first, *entities[1:]))
    pictures = {"clip_vision": modes.vision(), "images": modes.picture()}
    return modes.sources(mode) | pictures | {"layout": layout}


def sampled(studio, model, positive, negative, latent):
    return studio.ksampler(model, positive, negative, latent=latent, steps=STEPS)


def free(studio):
    """What nobody holds any more; the host holds networks weakly once they are off the device."""
    gc.collect()
    studio.host("comfy.model_management").unload_all_models()
    gc.collect()


@pytest.mark.parametrize("name, mode", FILES.items())
@torch.inference_mode()
def test_an_official_file_of_full_size_loads_grounds_and_samples(
    studio, modes, pack, model, plain, official_file, name, mode
):
    path = official_file(name)
    gligen = studio.load(path.name)
    assert (gligen.model.modality.name, len(gligen.model.blocks)) == (mode, 16)
    assert gligen.model.inpaint == name.startswith("inpainting")
    count = sum(weight.numel() for weight in gligen.model.parameters())
    assert count > 209e6  # of the smallest, the text boxes': its fusers and tokenizer
    assert path.stat().st_size < 2.1 * count  # SD's part takes no room
    grounding = pack("nodes.ground").Ground.execute(gligen, **sources(modes, mode))[0]
    prompts, latent = (studio.text("a photo"), studio.text("")), studio.latent()
    if gligen.model.inpaint:
        node = pack("nodes.inpaint").GligenInpaint
        *prompts, latent, _ = node.execute(
            *prompts, vae(studio), modes.picture(), layout=studio.layout()
        ).result
    grounded, positive, negative = studio.apply(model, *prompts, grounding)
    grounded, calls = studio.watched(grounded)
    found = sampled(studio, grounded, positive, negative, latent)
    assert found.shape == plain.shape and found.isfinite().all() and differ(found, plain)
    wide = gligen.model.first_conv is not None
    assert [(call.rows, len(call.fusing), len(call.widening)) for call in calls] == [
        (2, 1, int(wide))
    ] * STEPS
    # Nothing of it stays.
    network = weakref.ref(gligen.model)
    del gligen, grounding, grounded, positive, negative, calls
    free(studio)
    assert network() is None
