"""Network layers of GLIGEN; the host's layer classes are handed in as `ops`."""
