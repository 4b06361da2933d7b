"""Network layers of GLIGEN; torch and einops only, the host's layer classes are handed in as `ops`."""
