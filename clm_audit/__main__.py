"""``python -m clm_audit``."""

from clm_audit.cli.main import run

if __name__ == "__main__":
    run()
