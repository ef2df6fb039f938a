"""Data checks with three answers, the plain reading, the truth table of the verdict, the gate."""
