"""Verifying a whole store, as `pcacli local check` does: one module for each thing that can be wrong."""
