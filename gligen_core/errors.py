"""The one error that a person is meant to read."""


class GligenError(ValueError):
    """Something a user can put right: where it is, what was found, what was expected, what to do.

    A file, node or entity is named first; numbers on both sides of a mismatch; the remedy last.
    """
