"""What the site (mkdocs.yml) needs beyond docs/: the configurations that its pages link to, as files beside them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parents[2]
OUTSIDE = re.compile(r"\]\((?:\.\./)+(configs/[^)#]+\.yaml)\)")


def on_files(files: Any, config: Any) -> Any:
    """Every preset and the example of a configuration become files of the site."""
    for path in sorted((ROOT / "configs").rglob("*.yaml")):
        files.append(File.generated(config, path.relative_to(ROOT).as_posix(), abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Links that lead out of docs/ in the repository lead to those files on the site."""
    up = "../" * page.file.src_uri.count("/")
    return OUTSIDE.sub(rf"]({up}\1)", markdown)
