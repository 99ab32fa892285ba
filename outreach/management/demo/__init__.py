"""The demo: an invented town that goes through the whole of it, by the same doors as a real one."""
