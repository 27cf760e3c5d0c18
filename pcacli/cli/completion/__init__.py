"""Completion scripts for shells, generated from the declarations: they call no program, so that Tab answers at once."""
