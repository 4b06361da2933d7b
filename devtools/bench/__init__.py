"""`dev.py bench`: what a grounded step costs beside a plain one, measured side by side."""

# The C library's heap while the bench runs. By default glibc maps what is larger than 32 MiB anew
# at each use and gives the end of the heap back, and the kernel clears every page it hands out
# again: an eighth of the time of a step on a CPU, now with one subject and now with another.
# Read at the start of a process.
STEADY_HEAP = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(2**40)}
