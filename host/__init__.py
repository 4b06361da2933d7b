"""Everything that touches the host's internals."""
