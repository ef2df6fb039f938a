"""A company whose exports name the same customers in several ways, group them, and repeat one another."""

from __future__ import annotations

import numpy as np

RECIPIENTS = "Recipient,Email Name,Sent,Delivered,Open,Click,Bounce\n"


def _day(draw: np.random.Generator) -> str:
    return f"2024-{draw.integers(1, 13):02}-{draw.integers(1, 29):02}"


def two_systems(seed: int) -> dict[str, str]:
    """A CRM whose accounts are merged and have contacts, whose stages name orders alone, and a shop with addresses;
    mail whose rows tell of sends, opens and clicks in one file, twice."""
    draw = np.random.default_rng(seed)
    count = 60

    def mail() -> str:
        text = f"customer{draw.integers(count):04}@example.com"
        return str(draw.choice(["", text, text.upper()], p=[0.2, 0.6, 0.2]))

    def one(letter: str) -> str:
        return f"{letter}{draw.integers(count)}"

    def perhaps(text: str, share: float = 0.3) -> str:
        return text if draw.random() < share else ""

    def lines(header: str, rows: list[tuple[object, ...]]) -> str:
        return header + "\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)

    mails = [
        (f"customer{n % count:04}@example.com", f"M{n % 3}", "2024-01-05 10:00", "2024-01-05 10:01",
         perhaps("2024-01-06 09:00"), perhaps("2024-01-06 09:01"), "")
        for n in range(80)
    ]  # fmt: skip
    return {
        "crm/accounts.csv": lines(
            "Id,Name,Industry,Type,IsDeleted,MasterRecordId",
            [
                (f"A{n}", "Firm", draw.choice(["", "a", "b"]), draw.choice(["old", "new"]), 0, perhaps(one("A")))
                for n in range(count)
            ],
        ),
        "crm/contacts.csv": lines(
            "Id,AccountId,LastName,Email", [(f"C{n}", perhaps(one("A"), 0.9), "X", mail()) for n in range(count)]
        ),
        "crm/deals.csv": lines(
            "Id,AccountId,StageName,CloseDate,Amount",
            [(f"O{n}", one("A"), "Closed Won", _day(draw), draw.integers(1, 99)) for n in range(150)],
        ),
        "crm/history.csv": lines(
            "OpportunityId,StageName,CreatedDate",
            [(f"O{draw.integers(160)}", "Prospecting", f"{_day(draw)} 10:00:00") for _ in range(200)],
        ),
        "crm/members.csv": lines(
            "CampaignId,ContactId,Status,CreatedDate", [("M", one("C"), "Sent", _day(draw)) for _ in range(50)]
        ),
        "shop/people.csv": lines(
            "customer_id,email,acquired,region,merged_into",
            [(f"k{n}", mail(), _day(draw), draw.choice(["", "N", "S"]), perhaps(one("k"))) for n in range(count)],
        ),
        "shop/orders.csv": lines(
            "order_id,date,amount,customer_id,email",
            [(n, _day(draw), draw.integers(1, 99), perhaps(one("k"), 0.8), mail()) for n in range(150)],
        ),
        "mail/first.csv": lines(RECIPIENTS.strip(), mails[:50]),
        "mail/again.csv": lines(RECIPIENTS.strip(), mails[40:]),
    }
