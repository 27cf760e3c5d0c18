"""The colours of states, wherever they are shown to people; the names are rich's, and Click's too."""

STATE_STYLES = {
    "ACTIVE": "green",
    "ISSUED": "green",
    "SUCCESS": "green",
    "CREATING": "yellow",
    "PENDING_CERTIFICATE": "yellow",
    "DISABLED": "red",
    "EXPIRED": "red",
    "FAILED": "red",
    "REVOKED": "red",
    "DELETED": "dim",
}
"""Of CAs, certificates and audit reports: red is what does not work, yellow what waits for somebody."""
