"""The settings that can also come from the command line or from the environment: one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clm_audit.config.vocabulary import did_you_mean
from clm_audit.exits import Problem

PREFIX = "CLM_AUDIT_"
CONFIG_VARIABLE = "CLM_AUDIT_CONFIG"
# Read by the project's own tests only; known here so that they are not taken for typos.
TEST_VARIABLES = (
    "CLM_AUDIT_REAL_DATA",
    "CLM_AUDIT_CORPORA",
    "CLM_AUDIT_REQUIRE_BROWSER",
    "CLM_AUDIT_REQUIRE_ENGINES",
    "CLM_AUDIT_CHROMIUM",
    "CLM_AUDIT_REQUIRE_SOFFICE",
    "CLM_AUDIT_SOFFICE",
)


@dataclass(frozen=True)
class Setting:
    """``path`` in the configuration, and what it is called as an option and as a variable. ``many``: a list, its
    items separated by commas."""

    path: str
    option: str
    many: bool = False

    @property
    def variable(self) -> str:
        """The environment variable.

        >>> Setting("go_live", "--go-live").variable
        'CLM_AUDIT_GO_LIVE'
        """
        return PREFIX + self.option.removeprefix("--").replace("-", "_").upper()

    def value(self, text: object) -> object:
        """What stands for ``text`` in the configuration.

        >>> Setting("segment_by", "--segment-by", many=True).value("region, industry")
        ['region', 'industry']
        """
        return [item.strip() for item in text.split(",")] if self.many and isinstance(text, str) else text


SETTINGS = (
    Setting("title", "--title"),
    Setting("go_live", "--go-live"),
    Setting("windows.washout", "--washout"),
    Setting("timezone", "--timezone"),
    Setting("currency", "--currency"),
    Setting("policy.materiality", "--materiality"),
    Setting("plan", "--plan"),
    Setting("presets", "--presets"),
    Setting("segment_by", "--segment-by", many=True),
)


def from_environment(env: Mapping[str, str]) -> tuple[dict[str, tuple[object, str]], tuple[Problem, ...]]:
    """Config path -> (value, variable), and a problem for each variable that nobody reads.

    An empty variable counts as not set, as automation passes them.
    """
    settings = {setting.variable: setting for setting in SETTINGS}
    known = {variable: setting.path for variable, setting in settings.items()}
    names = (*known, CONFIG_VARIABLE, *TEST_VARIABLES)
    values: dict[str, tuple[object, str]] = {}
    problems: list[Problem] = []
    for name in sorted(env):
        if not name.startswith(PREFIX):
            continue
        if name not in names:
            tails = tuple(other.removeprefix(PREFIX) for other in (*known, CONFIG_VARIABLE))
            near = did_you_mean(name.removeprefix(PREFIX), tails, prefix=PREFIX)
            hint = near or f"known: {', '.join((*known, CONFIG_VARIABLE))}"
            problems.append(Problem("unknown variable", name, hint))
        elif name in known and env[name].strip():
            values[known[name]] = (settings[name].value(env[name].strip()), name)
    return values, tuple(problems)
