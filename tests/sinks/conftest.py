"""A browser and a spreadsheet program for the sinks, and one audit that all of them are fed with."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from browser.conftest import browser, open_page
from sinks.planted import Audited, audit

__all__ = ["browser", "open_page"]
Convert = Callable[[Path, int], Path]
Reopen = Callable[[Path, str], Path]


@pytest.fixture(scope="session")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Audited:
    return audit(tmp_path_factory.mktemp("planted"))


@pytest.fixture(scope="session")
def convert(reopen: Reopen) -> Convert:
    """``convert(path, separator)``: a CSV as LibreOffice opens it, saved as a workbook."""
    return lambda path, separator: reopen(
        path, f"xlsx --infilter=CSV:{separator},34,76,1,,0,false,true,false,false,false,-1,true"
    )


@pytest.fixture(scope="session")
def reopen(tmp_path_factory: pytest.TempPathFactory) -> Reopen:
    """``reopen(path, form)``: a file as LibreOffice opens it, saved in another format (and options behind that)."""
    program = os.environ.get("CLM_AUDIT_SOFFICE") or shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        said = "no LibreOffice was found: neither soffice nor libreoffice is on the path, CLM_AUDIT_SOFFICE is not set"
        if os.environ.get("CLM_AUDIT_REQUIRE_SOFFICE") == "1":
            pytest.fail(said)
        pytest.skip(said)
    profile = tmp_path_factory.mktemp("soffice")

    def run(path: Path, form: str) -> Path:
        out = tmp_path_factory.mktemp("converted")
        command = [
            program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore",
            "--convert-to", *form.split(), "--outdir", str(out), str(path),
        ]  # fmt: skip
        subprocess.run(command, capture_output=True, timeout=180, check=True)
        (found,) = out.iterdir()
        return found

    return run
