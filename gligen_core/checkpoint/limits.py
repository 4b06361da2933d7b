"""What a GLIGEN file may hold at most: each far above the published files, and read in no time.

The largest of those, an official training state, has 2,000 tensors, 100,000 opcodes and a pickle
of under a megabyte.
"""

LONGEST_KEY = 1_000  # characters of a tensor's name, of a metadata key, of a pickled global
LONGEST_VALUE = 1_000_000  # characters of one metadata text
MOST_AXES = 8  # of a tensor
LARGEST = 2**63 - 1  # any size, offset or stride
LONGEST_HEADER = 4_000_000  # bytes of a safetensors header
LONGEST_JSON = 4_000_000  # bytes of a config.json, or of an index of shards
MOST_SHARDS = 1_000
LONGEST_PICKLE = 16_000_000  # bytes of all pickles of a file; tensors lie outside them
MOST_OPCODES = 400_000  # of all pickles of a file
MOST_COPIED = 400_000  # items that a pickle lets be copied from one collection to another
MOST_BITS = 128  # of a pickled integer; torch's own magic number has 77
MOST_MEMBERS = 20_000  # of a zip archive
LONGEST_DIRECTORY = 8_000_000  # bytes of a zip archive's list of members
MOST_TENSORS = 10_000  # of the GLIGEN in a file
MOST_FUSERS = 256  # SDXL has 70
MOST_HEADS = 1_024
