"""The shared layer: one port, `call(operation, request)`, in front of AWS and of the embedded authority."""
