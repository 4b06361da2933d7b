"""GLIGEN without a host: layouts, gates, grounded layers, checkpoints, training, evaluation.

Nothing here knows ComfyUI. What needs the host lives in `nodes/`, which hands its layers, devices
and progress callbacks in as arguments.
"""
