"""Raw text tables -> canonical typed tables + rejects; the compact store of a run."""
