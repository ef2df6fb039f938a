"""Which exports would carry a missing fact: of the systems that were recognised, else of those where it is usual."""

from __future__ import annotations

from collections.abc import Mapping

PLAIN = "a table with the columns"
"""How the presets begin what plain tables would have to hold."""
USUAL: Mapping[str, tuple[str, ...]] = {
    "orders": ("Shopify", "WooCommerce", "Stripe"),
    "customers": ("HubSpot", "Salesforce", "Shopify"),
    "tickets": ("Zendesk", "Freshdesk", "Intercom"),
    "sends": ("HubSpot", "Klaviyo"),
    "responses": ("HubSpot", "Klaviyo"),
    "campaigns": ("Klaviyo", "Mailchimp"),
    "spend": ("Google Ads", "Meta Ads", "QuickBooks"),
    "spend.acquisition": ("Google Ads", "Meta Ads", "QuickBooks"),
    "spend.retention": ("QuickBooks",),
    "spend.service": ("QuickBooks",),
    "stages": ("HubSpot", "Salesforce", "Pipedrive"),
    "surveys": ("Zendesk", "HubSpot"),
    "subscriptions": ("Stripe", "ChurnZero"),
    "events": ("Amplitude", "ChurnZero"),
}
"""Fact, or spend of a category -> the titles of systems whose exports usually hold it; the test holds them against
the presets."""


def carried(detail: Mapping[str, str | int | float]) -> str:
    """What would carry the missing fact of ``detail`` (``fact``, ``category``, ``export``), without a full stop.

    >>> carried({"fact": "spend", "category": "retention", "export": "a table with the columns date, amount"})
    'an export of QuickBooks, or a table with the columns date, amount'
    >>> carried({"fact": "orders", "export": "the Shopify orders export would carry it."})
    'the Shopify orders export would carry it'
    """
    export = str(detail.get("export", "")).strip().rstrip(".")
    if export and not export.startswith(PLAIN):
        return export
    name = ".".join(str(detail[part]) for part in ("fact", "category") if part in detail)
    usual = USUAL.get(name, ())
    if not usual:
        return export
    *others, last = usual
    systems = f"an export of {', '.join(others)}{' or ' if others else ''}{last}"
    return f"{systems}, or {export}" if export else f"{systems} would carry it"
