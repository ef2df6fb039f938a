"""Typer commands: options -> plan -> run -> render -> exit code. No arithmetic, no file parsing."""
