"""Sampling as the official code does it: noise, PLMS and DDIM, inpainting."""
