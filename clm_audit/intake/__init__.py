"""Bytes -> raw text tables: open, decode, dialect, header, proof, recognise; the ledger."""
