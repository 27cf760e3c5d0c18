"""The HTTP edge: AWS's protocols for SDKs, and CRLs and OCSP for verifiers, on one port."""
