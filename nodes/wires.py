"""The pack's own wire types, what each carries, and the menu it all stands in."""

from comfy_api.latest import io

GligenModelWire = io.Custom("GLIGEN_MODEL")
"""`host.files.LoadedGligen`"""

LayoutWire = io.Custom("GLIGEN_LAYOUT")
"""`gligen_core.layout.Layout`"""

GroundingWire = io.Custom("GLIGEN_GROUNDING")
"""`host.grounding.Grounding`"""

GateWire = io.Custom("GLIGEN_GATE")
"""`gligen_core.schedule.GateSchedule`"""

MENU = "GLIGEN"
