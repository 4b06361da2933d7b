"""The pack's own wire types, what each carries, and the menu it all stands in."""

from comfy_api.latest import io

GligenModelWire = io.Custom("GLIGEN_MODEL")
"""`host.files.LoadedGligen`"""

LayoutWire = io.Custom("GLIGEN_LAYOUT")
"""`gligen_core.layout.Layout`, or a `LayoutSequence`: one for each picture of a batch"""

GroundingWire = io.Custom("GLIGEN_GROUNDING")
"""`host.grounding.Grounding`"""

GateWire = io.Custom("GLIGEN_GATE")
"""`gligen_core.gate.schedule.GateSchedule`"""

ShortcutsWire = io.Custom("GLIGEN_SHORTCUTS")
"""`gligen_core.engine.approximations.Shortcuts`"""

CurveWire = io.Custom("CURVE")
"""Of newer hosts, and of packs: what `gligen_core.gate.gate_json.knots_of_curve` reads"""

PoseKeypointWire = io.Custom("POSE_KEYPOINT")
"""OpenPose JSON: what `gligen_core.formats.openpose` reads"""

MENU = "GLIGEN"
