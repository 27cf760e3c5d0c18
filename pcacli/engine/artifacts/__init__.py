"""Where CRLs and audit reports are written: one port, one module for each kind of bucket."""
