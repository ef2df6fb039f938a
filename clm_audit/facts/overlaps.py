"""Exports of one ad platform that tell of the same spend: over the whole life, by day, by age and gender.

A row is one statement about an account (a campaign) and a span of days. Where files of a platform speak of the same
account, the finest spans count, and of equal spans those of the file that sums up to most; the rest says the same
again, or in less detail, and is never added.
"""

from __future__ import annotations

import polars as pl

_KEY = ["space", "platform", "account", "owner"]


def told_elsewhere(rows: pl.DataFrame) -> pl.Series:
    """Whether a row of an ad platform repeats what another file says as well or more finely; false for other spend.

    ``rows`` has space, platform, account, owner, day, until, cents and part (the file); in the order of ``rows``.
    """
    numbered = rows.with_row_index("place")
    ads = numbered.filter(pl.col("platform").is_not_null() & (pl.col("until") > pl.col("day")))
    none = pl.repeat(False, rows.height, dtype=pl.Boolean, eager=True)
    if ads["part"].n_unique() < 2:
        return none
    # an owner tells accounts apart only where every file of the platform names it
    named = pl.col("owner").is_not_null().any().over("space", "part").all().over("space")
    ads = ads.with_columns(owner=pl.when(named).then("owner"), account=pl.col("account").fill_null(""))
    lost = pl.concat([_coarser(ads), _equal(ads)])
    return numbered["place"].is_in(lost["place"].implode())


def _equal(ads: pl.DataFrame) -> pl.DataFrame:
    """Rows of all files but one that speak of the same account and span; the one that sums up to most counts."""
    span = [*_KEY, "day", "until"]
    sums = ads.group_by(*span, "part").agg(pl.col("cents").sum())
    best = sums.sort("cents", "part", descending=[True, False]).group_by(span).agg(best=pl.col("part").first())
    return ads.join(best, on=span, nulls_equal=True).filter(pl.col("part") != pl.col("best")).select("place")


def _coarser(ads: pl.DataFrame) -> pl.DataFrame:
    """Rows whose span holds a shorter one that another file states for the same account."""
    spans = ads.select(*_KEY, "part", "day", "until").unique()
    lengths = spans.select(length=pl.col("until") - pl.col("day"))["length"]
    if lengths.n_unique() < 2:
        return ads.select("place").clear()
    # of a file and account only its longer spans can hold another file's shorter ones
    longer = spans.filter(pl.col("until") - pl.col("day") > pl.col("until").sub("day").min().over(_KEY))
    finer = spans.rename({"part": "other", "day": "from", "until": "to"})
    pairs = longer.join(finer, on=_KEY, nulls_equal=True).filter(
        (pl.col("part") != pl.col("other"))
        & (pl.col("from") >= pl.col("day"))
        & (pl.col("to") <= pl.col("until"))
        & (pl.col("to") - pl.col("from") < pl.col("until") - pl.col("day"))
    )
    held = pairs.select(*_KEY, "part", "day", "until").unique()
    return ads.join(held, on=[*_KEY, "part", "day", "until"], how="semi", nulls_equal=True).select("place")
