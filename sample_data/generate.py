"""Write the sample company's exports: ``python sample_data/generate.py [folder]``.

The same bytes every time. ``before/`` is what was kept of the 24 months before go-live, ``after/`` what was
exported twelve months later.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import layouts
import members
from company import END, FIRST, GO_LIVE, Effects, Market, simulate

SEED = 2027


def exports(seed: int = SEED, effects: Effects | None = None) -> Mapping[str, str]:
    """File name below the folder -> its text."""
    company = simulate(seed, effects or Effects(), Market())
    known = {
        "before/contacts.csv": layouts.contacts(company),
        "after/customers_export.csv": layouts.shopify_customers(company.orders),
        "after/hubspot-crm-exports-all-contacts-2025-06-30.csv": layouts.hubspot_contacts(company),
    }
    for folder, start, end in (("before", FIRST, GO_LIVE), ("after", GO_LIVE, END)):
        # the service desk's second export goes back to the Monday before: those tickets are in both files
        since = start - 7 if folder == "after" else start
        orders = [(number, one) for number, one in enumerate(company.orders, 10_001) if start <= one.when < end]
        tickets = [(number, one) for number, one in enumerate(company.tickets, 70_001) if since <= one.when < end]
        known |= {
            f"{folder}/orders_export.csv": layouts.shopify_orders(orders),
            f"{folder}/zendesk-tickets.csv": layouts.zendesk_tickets(tickets),
            f"{folder}/klaviyo-campaigns.csv": layouts.klaviyo_campaigns(company, start, end),
            f"{folder}/google-ads-campaign-report.csv": layouts.google_ads(company, start, end),
            f"{folder}/meta-ads-daily.csv": layouts.meta_ads(company, start, end),
            f"{folder}/costs.csv": layouts.costs(company, start, end),
        }
    known |= members.files(seed, company)
    return dict(sorted(known.items()))


def write(folder: Path) -> None:
    """Write every export below ``folder``, UTF-8 with LF line ends."""
    for name, text in exports().items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode("utf-8"))


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
