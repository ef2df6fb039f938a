"""Facts that stay in an engine: tables there -> the canonical tables, by SQL that the engine runs."""
