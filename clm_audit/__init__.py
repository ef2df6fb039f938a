"""clm-audit: did the CRM pay off? Two messy exports in, a defended verdict out.

Importing the package loads nothing heavy; ``clm_audit.audit`` is the Python API.
"""

__version__ = "0.1.0"
