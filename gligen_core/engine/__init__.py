"""One GLIGEN in one run of a sampler, without a host.

`run.Run` joins a network with what conditionings are grounded with: tokens once per run
(`begin`), gates once per step (`step`), and what the fusers read in each forward (`forward`).
"""
