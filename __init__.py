"""GLIGEN Grounding for ComfyUI: say what goes where, and the picture has it there.

The host imports this package and asks `comfy_entrypoint` for its nodes. Where there is no host
(in tests of the core, in training) the package is silent.
"""

from importlib.util import find_spec

if __package__ and find_spec("comfy_api") is not None:
    from .nodes import comfy_entrypoint

    WEB_DIRECTORY = "./web"

    __all__ = ["WEB_DIRECTORY", "comfy_entrypoint"]
