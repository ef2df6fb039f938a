"""Totals -> effect with interval -> finding. Plain numbers only: numpy and scipy, no frame, no I/O."""
