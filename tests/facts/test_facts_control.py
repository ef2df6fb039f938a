"""Whether the groups of a control group are there, before anything is measured."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from clm_audit.config.plan import AuditPlan, Control
from clm_audit.exits import UsageError
from clm_audit.facts.control import check_labels, customers_per_label

ROWS = "".join(f"c{n},{label}\n" for n, label in enumerate(["North"] * 7 + ["South"] * 6 + ["Isle"] * 2 + [""] * 3))
FILES = {"c.csv": "customer,region\n" + ROWS, "o.csv": "order,date,amount,customer\n1,2024-01-05,1,c0\n"}


def problems(build, control: Control, **plan: object) -> list[str]:
    with pytest.raises(UsageError) as caught:
        build(FILES, control=control, **plan)
    return [str(problem) for problem in caught.value.problems]


def test_its_column_is_read_without_standing_in_segment_by(build) -> None:
    built = build(FILES, control=Control(segment="region", untreated=("North",)))
    assert {label for labels in built.facts.segments for label in labels.values()} == {"North", "South", "Isle"}
    assert built.facts.segments[built.rows("orders", "segment")[0][0]] == {"region": "North"}


def test_five_customers_are_named_and_four_are_not() -> None:
    with pytest.raises(UsageError) as caught:
        check_labels(AuditPlan(), Control(segment="region", untreated=("Nowhere",)), {"North": 5, "South": 4})
    assert "known: North (5 customers), 1 more" in str(caught.value.problems[0])
    assert "South" not in str(caught.value.problems[0])


def test_a_label_that_nobody_has_is_answered_with_those_that_exist(build) -> None:
    control = Control(segment="region", untreated=("Nord",), go_live={"South": "2024-10-01", "West": "2024-10-01"})
    origins = {"control.untreated": "c.yaml:3:30", "control.go_live": "c.yaml:4:1"}
    first, second = problems(build, control, origins=origins)
    assert "c.yaml:3:30: control.untreated: no customer has the region Nord" in first
    assert "did you mean North?" in first
    assert "North (7 customers), South (6 customers), 1 more" in first
    assert "Isle" not in first  # two customers are too few to be named
    assert "c.yaml:4:1: control.go_live: no customer has the region West" in second


def test_somebody_must_have_got_the_crm(build) -> None:
    (said,) = problems(build, Control(segment="region", untreated=("North", "South", "Isle")))
    assert "names every region, so nobody is left who got the CRM" in said


def test_a_column_that_nobody_has(build) -> None:
    (said,) = problems(
        build, Control(segment="regoin", untreated=("North",)), origins={"control.segment": "c.yaml:2:1"}
    )
    assert "c.yaml:2:1: control.segment: no customer export has a column regoin" in said
    assert "did you mean region?" in said


def test_a_column_that_names_persons_is_refused(build) -> None:
    rows = "".join(f"c{n},Person {n}\n" for n in range(60))
    with pytest.raises(UsageError, match=r"control\.segment: column 'boss' has 60 values"):
        build({"c.csv": "customer,boss\n" + rows}, control=Control(segment="boss", untreated=("Person 1",)))


def test_more_groups_are_told_apart_than_in_a_table_of_segments(build) -> None:
    rows = "".join(f"c{n},r{n % 80:02}\n" for n in range(400))
    built = build({"c.csv": "customer,store\n" + rows}, control=Control(segment="store", untreated=("r79",)))
    assert len(built.facts.segments) == 81


def test_who_belongs_to_a_listed_customer_is_counted_with_it() -> None:
    """Five customers, 0 to 4, of whom 3 is a person of customer 0, and 4 is in no list."""
    who = SimpleNamespace(known=np.array([True, True, True, True, False]), owned=(np.array([3]), np.array([0])))
    segments = ({}, {"region": "North"}, {"region": "South"})
    found = customers_per_label("region", segments, np.array([1, 1, 2, 1, 1]), who)
    assert found == {"North": 2, "South": 1}
