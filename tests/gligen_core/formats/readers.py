"""Each format's reader by its module, with what a person says beside the data as arguments."""

from gligen_core.formats import Context, Options
from gligen_core.layout import LayoutSequence, frames_of


def read(module, data, canvas=None, warnings=None, source=None, **options):
    """What the row of a module in gligen_core.formats reads."""
    source = source or module.FORMAT.name
    noted = [] if warnings is None else warnings
    return module.FORMAT.parse(data, Context(canvas, source, noted, Options(**options)))


def frames(module, data, canvas=None, warnings=None, source=None, **options):
    """The same as a sequence, one frame or more."""
    return LayoutSequence(frames_of(read(module, data, canvas, warnings, source, **options)))
