"""What a metric declares; facts -> Totals in one pass: the engine seam."""
