"""Where values come from: option, variable, file, default; and which paths are read for which side."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from clm_audit.config.plan import AuditPlan
from clm_audit.config.registration import freeze, registration_text
from clm_audit.config.resolve import resolve
from clm_audit.config.settings import SETTINGS, TEST_VARIABLES
from clm_audit.config.show import plan_values, show_config
from clm_audit.exits import UsageError


@pytest.fixture
def here(tmp_path: Path) -> Path:
    for name in ("before", "after", "more"):
        (tmp_path / name).mkdir()
    (tmp_path / "one.csv").touch()
    return tmp_path


def config(folder: Path, text: str, name: str = "clm-audit.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def problems(*args: object, **more: object) -> list[str]:
    with pytest.raises(UsageError) as caught:
        resolve(*args, **more)
    return [str(problem) for problem in caught.value.problems]


GIVEN = {
    "title": ("From file", "From variable", "From option"),
    "go_live": ("2024-01-01", "2024-01-02", "2024-01-03"),
    "windows.washout": ("1 weeks", "2 weeks", "3 weeks"),
    "timezone": ("Europe/Paris", "Europe/Berlin", "Europe/Madrid"),
    "currency": ("USD", "EUR", "GBP"),
    "policy.materiality": ("1%", "2%", "3%"),
    "plan": ("file.json", "variable.json", "option.json"),
    "presets": ("in_file", "in_variable", "in_option"),
    "segment_by": ("region", "industry", "size"),
}
LISTS = ("segment_by",)
PRESET = """\
system: till
title: Till
objects:
  all: {recognise: {required: [No]}, yields: [{fact: referrals, fields: {referrer: [No], date: [On]}}]}
"""


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.path)
def test_option_beats_variable_beats_file_beats_default(here: Path, setting: object) -> None:
    path, variable, option = setting.path, setting.variable, setting.option
    in_file, in_env, in_option = GIVEN[path]
    for name in GIVEN["plan"]:
        frozen = registration_text(freeze(AuditPlan(), date(2024, 6, 30)))
        (here / name).write_text(frozen, encoding="utf-8")
    for name in GIVEN["presets"]:
        (here / name).mkdir()
        (here / name / "till.yaml").write_text(PRESET, encoding="utf-8")
    lines = "go_live: 2024-05-05\n" if path != "go_live" else ""
    key, _, inner = path.partition(".")
    written = f"[{in_file}]" if path in LISTS else in_file
    lines += f"{key}: {{{inner}: {written}}}\n" if inner else f"{key}: {written}\n"
    file = config(here, f"{lines}sources: [{{path: before, side: before}}, {{path: after, side: after}}]\n")

    def shown(plan: AuditPlan) -> tuple[str, str]:
        return next((value.shown, value.origin) for value in plan_values(plan) if value.path == path)

    line = 2 if path != "go_live" else 1
    where = f"clm-audit.yaml:{line}:{len(key) + 4 if inner else 1}"
    two = [here / "before", here / "after"]
    default = resolve(two, None, {}, {}, here)
    assert shown(default)[1] == "default"
    assert shown(resolve([], file, {}, {}, here)) == (in_file, where)
    assert shown(resolve([], file, {}, {variable: in_env}, here)) == (in_env, variable)
    assert shown(resolve([], file, {path: in_option}, {variable: in_env}, here)) == (in_option, f"option {option}")
    assert shown(resolve([], file, {path: None}, {variable: " "}, here)) == (in_file, where), "empty is not set"


def test_an_error_of_an_option_or_variable_names_it(here: Path) -> None:
    found = problems([here / "one.csv"], None, {"go_live": "soon"}, {"CLM_AUDIT_CURRENCY": "EURO"}, here)
    assert found == [
        "option --go-live: go_live: must be a date (write it year-month-day: 2024-07-01)",
        "CLM_AUDIT_CURRENCY: currency: there is no currency EURO (did you mean EUR?)",
    ]


def test_an_unknown_variable_is_an_error_but_those_of_the_tests_are_not(here: Path) -> None:
    env = {"CLM_AUDIT_GOLIVE": "2024-07-01", "PATH": "/bin", **dict.fromkeys(TEST_VARIABLES, "1")}
    assert problems([here / "one.csv"], None, {"go_live": date(2024, 7, 1)}, env, here) == [
        "CLM_AUDIT_GOLIVE: unknown variable (did you mean CLM_AUDIT_GO_LIVE?)"
    ]


def test_the_configuration_is_found_upward_only_without_paths(here: Path) -> None:
    config(here, "title: Found\ngo_live: 2024-07-01\nsources: [{path: more}]\n")
    deep = here / "more" / "deep"
    deep.mkdir()
    plan = resolve([], None, {}, {}, deep)
    assert (plan.title, plan.root, plan.sources[0].path) == ("Found", here, here / "more")
    assert resolve([here / "before", here / "after"], None, {}, {}, deep).title is None


def test_the_configuration_can_be_named_by_variable_and_option(here: Path) -> None:
    body = "go_live: 2024-07-01\nsources: [{path: more}]\n"
    config(here, f"title: A\n{body}", "a.yaml")
    config(here, f"title: B\n{body}", "b.yaml")
    env = {"CLM_AUDIT_CONFIG": "a.yaml"}
    assert resolve([], None, {}, env, here).title == "A"
    assert resolve([], Path("b.yaml"), {}, env, here).title == "B"
    assert problems([], Path("c.yaml"), {}, {}, here) == ["c.yaml: there is no such file (check the path)"]


def test_two_folders_are_before_and_after(here: Path) -> None:
    plan = resolve([Path("before"), Path("after")], None, {}, {}, here)
    assert [(source.path.name, source.side) for source in plan.sources] == [("before", "before"), ("after", "after")]
    assert plan.go_live is None
    assert plan.origins["sources[1]"] == plan.origins["sources"] == "command line"


@pytest.mark.parametrize("names", [["more"], ["before", "after", "more"], ["before", "one.csv"], ["one.csv"]])
def test_any_other_paths_are_split_by_date(here: Path, names: list[str]) -> None:
    plan = resolve([Path(name) for name in names], None, {"go_live": "2024-07-01"}, {}, here)
    assert {source.side for source in plan.sources} == {"both"}
    [problem] = problems([Path(name) for name in names], None, {}, {}, here)
    assert problem.startswith("the go-live date is missing (--go-live")
    assert resolve([Path(name) for name in names], None, {}, {}, here, needs_go_live=False).go_live is None


def test_paths_replace_the_sources_of_the_file_and_say_so(here: Path) -> None:
    file = config(here, "go_live: 2024-07-01\nsources: [{path: not there}]\n")
    plan = resolve([Path("more")], file, {}, {}, here)
    assert [source.path for source in plan.sources] == [here / "more"]
    assert plan.origins["sources[0]"] == "command line, instead of clm-audit.yaml:2:1"


def test_paths_that_cannot_be_read(here: Path) -> None:
    day = {"go_live": "2024-07-01"}
    assert problems([Path("befor"), "https://example.org/x.csv"], None, day, {}, here) == [
        "befor: there is no such file or folder (did you mean before?)",
        "https://example.org/x.csv: must be a path on this machine, not an address (download the export first)",
    ]
    [twice] = problems([Path("before"), Path("./more/../before")], None, day, {}, here)
    assert "the same path is given twice" in twice


@pytest.mark.parametrize("paths", [[""], ["more", ""], ["", "more"]])
def test_an_empty_path_is_not_the_folder_one_is_in(here: Path, paths: list[str]) -> None:
    assert problems(paths, None, {"go_live": "2024-07-01"}, {}, here) == [
        "a path is empty (name a file or a folder; . is the folder you are in)"
    ]
    assert [source.path for source in resolve(["."], None, {"go_live": "2024-07-01"}, {}, here).sources] == [here]


def test_three_paths_without_a_date_say_how_they_are_taken(here: Path) -> None:
    [problem] = problems(["before", "after", "more"], None, {}, {}, here)
    assert "3 paths are read together and split by that date" in problem


def test_a_folder_is_no_configuration(here: Path) -> None:
    assert problems([], Path("more"), {}, {}, here) == ["more: is a folder, not a configuration (name the file in it)"]


def test_all_mistakes_of_a_file_are_told_at_once(here: Path) -> None:
    file = config(
        here,
        "go_live: 2024-01-32\n"
        "windows: {before: {from: 2024-07-01, to: 2023-01-01}}\n"
        "sources:\n  - path: more\n  - {side: after}\n  - path: nope\n  - path: ./more\n",
    )
    assert [problem.partition(" (")[0] for problem in problems([], file, {}, {}, here)] == [
        "clm-audit.yaml:1:10: go_live: there is no day 2024-01-32",
        "clm-audit.yaml:2:19: windows.before: must end after it starts",
        "clm-audit.yaml:5:5: sources[1].path: is missing",
        "clm-audit.yaml:6:11: sources[2].path: there is no such file or folder",
        "clm-audit.yaml:7:5: the same path is given twice",
    ]
    assert problems(["more", "befor", "more"], None, {"go_live": "2024-07-01"}, {}, here) == [
        "befor: there is no such file or folder (did you mean before?)",
        "more: the same path is given twice (its rows would count twice; name it once)",
    ]


def test_nothing_to_read_is_said_with_the_next_thing_to_do(here: Path) -> None:
    [problem] = problems([], None, {"go_live": "2024-07-01"}, {}, here)
    assert "there are no exports to read" in problem
    assert "clm-audit demo" in problem
    [problem] = problems([], config(here, "go_live: 2024-07-01\n"), {}, {}, here)
    assert "the configuration has no sources" in problem


def test_an_option_does_not_hide_that_the_file_is_wrong_around_it(here: Path) -> None:
    file = config(here, "windows: 3\ngo_live: 2024-07-01\nsources: [{path: more}]\n")
    assert problems([], file, {"windows.washout": "4 weeks"}, {}, here) == [
        "clm-audit.yaml:1:10: windows: must be a mapping (key: value)"
    ]


def test_show_config_shows_every_setting_with_its_origin_in_columns(here: Path) -> None:
    file = config(here, "go_live: 2024-07-01\nsources: [{path: more}]\npolicy: {materiality: 3%}\n")
    plan = resolve([], file, {"currency": "EUR"}, {}, here)
    text = show_config(plan)
    rows = {line.split()[0]: line for line in text.splitlines()}
    assert rows["go_live"].split()[1:] == ["clm-audit.yaml:1:1", "2024-07-01"]
    assert rows["currency"].split()[1:] == ["option", "--currency", "EUR"]
    assert rows["metrics.service_cost.materiality"].split()[1:] == ["clm-audit.yaml:3:10", "3%"]
    assert rows["timezone"].split()[1:] == ["default", "UTC"]
    assert str(here) not in text, "where the folder is on this machine is nobody's business"
    column = rows["timezone"].index("default")
    assert all(line[column - 2 : column] == "  " and line[column] != " " for line in rows.values())


def test_every_field_of_the_plan_has_an_origin(here: Path) -> None:
    plan = resolve([Path("before"), Path("after")], None, {}, {}, here)
    names = {
        "before": "windows",
        "after": "windows",
        "washout_weeks": "windows",
        "hourly_rate": "service",
        "inactivity_weeks": "inactivity",
        "registration": "plan",
        "own_presets": "presets",
        "presets_folder": "presets",
    }
    heads = {path.partition(".")[0].partition("[")[0] for path in plan.origins}
    assert {names.get(name, name) for name in AuditPlan.model_fields} - {"root", "origins"} == heads


def test_the_plan_does_not_depend_on_where_one_stands(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = config(here, "go_live: 2024-07-01\nsources: [{path: more}]\n")
    first = resolve([], file, {}, {}, here)
    monkeypatch.chdir("/")
    assert resolve([], file, {}, {}, Path("/")) == first


def test_the_way_to_the_file_is_known_from_the_folder_of_the_run_and_gives_no_other_folder_away(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Annotations name a file by it; what lies above the folder of the run, or above the user's own, is not told."""
    file = config(here, "go_live: 2024-07-01\nsources: [{path: more}]\n")
    assert resolve([], file, {}, {}, here.parent).origins["config"] == f"{here.name}/{file.name}"
    assert resolve([], file, {}, {}, here).origins["config"] == file.name
    (here / "more").mkdir(exist_ok=True)
    assert resolve([], file, {}, {}, here / "more").origins["config"] == file.name
    monkeypatch.setenv("HOME", str(here))
    assert resolve([], file, {}, {}, here.parent).origins["config"] == file.name
