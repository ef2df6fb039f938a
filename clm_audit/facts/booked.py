"""The same spend in an ad platform's export and in the books: the platform wins for the months that it covers.

A row of the books is taken as the platform's money when its account or payee names the platform (or what banks call
it). An account that names none is taken as it, too, when its sums agree with those of all platforms together,
within two per cent, in at least three of the shared months and in four of five. Other rows count beside the platforms.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

NAMES: Mapping[str, tuple[str, ...]] = {
    "google ads": (r"google[ *]*ads", "adwords"),
    "meta ads": (r"meta[ *]*ads", r"meta platforms", r"facebook", r"facebk", r"instagram ads"),
    "microsoft ads": (r"microsoft[ *]*ads", "microsoft advertising", "bing ads"),
    "linkedin ads": ("linkedin",),
    "tiktok ads": ("tiktok",),
}
CLOSE, OFF = 0.02, 0.2  # shares by which sums of a month may differ, and from which on they clearly do
SHARED, MOST = 3, 0.8  # months, and share of the shared months, in which sums must agree


def in_ads_too(rows: pl.DataFrame) -> tuple[pl.Series, dict[str, int]]:
    """Whether a row of the books is an ad platform's money, and counts that say how well the two agree.

    ``rows`` has platform, account, category_word, vendor, day, until (exclusive), cents and again (counts elsewhere).
    """
    numbered = rows.with_row_index("place")
    counted = numbered.filter(~pl.col("again") & (pl.col("until") > pl.col("day")))
    ads, books = counted.filter(pl.col("platform").is_not_null()), counted.filter(pl.col("platform").is_null())
    nothing = pl.repeat(False, rows.height, dtype=pl.Boolean, eager=True)
    if ads.is_empty() or books.is_empty():
        return nothing, {}
    ads = ads.with_columns(platform=pl.col("platform").str.to_lowercase())
    monthly = _monthly(ads, ["platform"])
    books = books.with_columns(month=_month(pl.col("day")), platform=_named(ads["platform"].unique().sort().to_list()))
    covered = books.join(monthly, on=["platform", "month"], how="semi")
    alike = _alike(books.filter(pl.col("platform").is_null()), monthly)
    taken = pl.concat([covered["place"], alike["place"]])
    counts = _agreement(covered, monthly) | {"spend.retold_by_sums": alike.height}
    counts["spend.retold"] = len(taken)
    counts["spend.retold_cents"] = int(pl.concat([covered["cents"], alike["cents"]]).sum())
    beside = books.join(monthly.select("month").unique(), on="month", how="semi")
    beside = beside.filter((pl.col("category") == "acquisition") & ~pl.col("place").is_in(taken.implode()))
    counts["spend.beside_ads"] = beside.height
    return numbered["place"].is_in(taken.implode()), counts


def _month(day: pl.Expr) -> pl.Expr:
    date = day.cast(pl.Date)
    return date.dt.year() * 12 + date.dt.month().cast(pl.Int32) - 1


def _named(platforms: list[str]) -> pl.Expr:
    """The platform that a row's account, category or payee names; null where it names none."""
    said = pl.concat_str("account", "category_word", "vendor", separator=" ", ignore_nulls=True).str.to_lowercase()
    name = pl.lit(None, dtype=pl.String)
    for platform in platforms:
        words = "|".join(NAMES.get(platform, (re.escape(platform),)))
        name = pl.when(said.str.contains(rf"\b(?:{words})")).then(pl.lit(platform)).otherwise(name)
    return name


def _monthly(rows: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Cents a month; a span over several months gives each its share of the days."""
    spans = rows.with_columns(month=pl.int_ranges(_month(pl.col("day")), _month(pl.col("until") - 1) + 1))
    spans = spans.explode("month").with_columns(pl.col("month").cast(pl.Int32))
    first, following = (_first(pl.col("month") + step) for step in (0, 1))
    days = pl.min_horizontal("until", following) - pl.max_horizontal("day", first)
    part = pl.col("cents") * days / (pl.col("until") - pl.col("day"))
    return spans.group_by(*key, "month").agg(cents=part.sum().round().cast(pl.Int64))


def _first(month: pl.Expr) -> pl.Expr:
    return pl.date(month // 12, month % 12 + 1, 1).cast(pl.Int32)


def _alike(books: pl.DataFrame, monthly: pl.DataFrame) -> pl.DataFrame:
    """Rows of accounts whose sums are those of all platforms together, month for month."""
    every = monthly.group_by("month").agg(ads=pl.col("cents").sum())
    books = books.filter(pl.col("account").is_not_null()).join(every, on="month")
    sums = books.group_by("account", "month").agg(pl.col("cents").sum(), pl.col("ads").first())
    close = (pl.col("cents") - pl.col("ads")).abs() <= CLOSE * pl.col("ads").abs()
    each = sums.group_by("account").agg(months=pl.len(), close=(close & (pl.col("ads") != 0)).sum())
    same = each.filter((pl.col("close") >= SHARED) & (pl.col("close") >= MOST * pl.col("months")))
    return books.join(same, on="account", how="semi")


def _agreement(covered: pl.DataFrame, monthly: pl.DataFrame) -> dict[str, int]:
    """Months that both tell of, those whose sums differ by a fifth or more, and what the platforms say of them."""
    sums = covered.group_by("platform", "month").agg(books=pl.col("cents").sum())
    both = sums.join(monthly, on=["platform", "month"])
    off = (pl.col("books") - pl.col("cents")).abs() >= OFF * pl.max_horizontal(
        pl.col("books").abs(), pl.col("cents").abs()
    )
    return {
        "spend.retold_months": both.height,
        "spend.retold_months_off": both.filter(off).height,
        "spend.retold_platform_cents": int(both["cents"].sum()),
    }
