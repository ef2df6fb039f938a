"""Orders that are held in memory are those that would stand in the run folder, column by column and row by row."""

from __future__ import annotations

import pytest

from clm_audit.facts.model import BOOKKEEPING, SCHEMAS

COLUMNS = (*SCHEMAS["orders"], *BOOKKEEPING)
PLAIN = "order_id,date,amount,customer_id\n1,2024-01-05,10.00,c2\n2,2024-01-06,,c1\n3,2024-08-01,7.00,\n4,x,7.00,c1\n"
FILES = {
    "plain": {"orders.csv": PLAIN},
    "credit notes": {"orders.csv": PLAIN + "5,2024-08-02,-3.00,c2\n1,2024-08-03,-10.00,c2\n"},
    "refunds and states": {
        "orders.csv": "order_id,date,amount,refunded,status,customer_id\n"
        "1,2024-01-05,10.00,,paid,c2\n2,2024-01-06,5.00,5.00,paid,c1\n3,2024-08-01,7.00,,cancelled,c1\n"
        "4,2024-08-02,8.00,,refunded,c3\n4,2024-08-02,8.00,,refunded,c3\n"
    },
    "currencies": {
        "orders.csv": "order_id,date,amount,currency,customer_id\n1,2024-01-05,10.00,EUR,c2\n2,2024-01-06,3.00,EUR,c1\n"
    },
    "lines": {
        "orders.csv": "order_id,date,item,quantity,unit_price,customer_id\n"
        "1,2024-01-05,a,2,1.50,c1\n1,2024-01-05,b,1,0.333,c1\n2,2024-08-05,a,1,2.00,c2\n"
    },
    "two files": {
        "orders-1.csv": PLAIN,
        "orders-2.csv": "order_id,date,amount,customer_id\n1,2024-01-05,10.00,c2\n9,2024-09-05,1.00,c9\n",
    },
}


@pytest.mark.parametrize("files", FILES.values(), ids=FILES)
def test_held_orders_are_the_stored_ones(build, monkeypatch: pytest.MonkeyPatch, files: dict[str, str]) -> None:
    found = []
    for held in (0, 2**24):
        monkeypatch.setattr("clm_audit.facts.room.HELD", held)
        built = build(files)
        schema = built.facts.tables["orders"].collect_schema()
        found.append((schema, sorted(built.rows("orders", *COLUMNS), key=repr), built.codes(), built.facts.evidence))
    assert found[0] == found[1]
    assert found[0][1]
