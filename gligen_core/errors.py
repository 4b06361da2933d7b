"""The one error that a person is meant to read."""


class GligenError(ValueError):
    """Something a user can put right: where it is, what was found, what was expected, the remedy."""
