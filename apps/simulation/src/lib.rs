//! Plays a whole installation on a simulated network, in a time and with faults that a seed repeats: see `tests/it`.
