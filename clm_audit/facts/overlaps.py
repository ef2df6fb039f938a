"""Exports of one ad platform that tell of the same spend: over the whole life, by day, by age and gender.

A row is a statement about an account (a campaign) and a span of days. Where files of a platform speak of the same
account, the finest spans count, of equal spans those of the file that sums up to most, of spans that cross those of the
earlier file; the rest says the same again, or in less detail, and is never added.
"""

from __future__ import annotations

import polars as pl

_KEY = ["space", "platform", "account", "owner"]


def told_elsewhere(rows: pl.DataFrame) -> pl.Series:
    """Whether a row of an ad platform repeats what another file says as well or more finely; false for other spend.

    ``rows`` has space, platform, account, owner, day, until (exclusive), cents and part (the file).
    """
    numbered = rows.with_row_index("place")
    ads = numbered.filter(pl.col("platform").is_not_null() & (pl.col("until") > pl.col("day")))
    if ads["part"].n_unique() < 2:
        return pl.repeat(False, rows.height, dtype=pl.Boolean, eager=True)
    # an owner tells accounts apart only where every file of the platform names it
    named = pl.col("owner").is_not_null().any().over("space", "part").all().over("space")
    ads = ads.with_columns(owner=pl.when(named).then("owner"))
    ads = ads.with_columns(pl.col(_KEY).fill_null(""))
    ads = ads.with_columns(key=pl.struct(_KEY).rank("dense"))
    spans = ads.group_by("key", "day", "until", "part").agg(pl.col("cents").sum())
    spans = spans.join(_holding(spans), on=["key", "day", "until", "part"], how="anti")
    spans = spans.sort("cents", "part", descending=[True, False])
    spans = spans.unique(["key", "day", "until"], keep="first", maintain_order=True)
    spans = spans.join(_crossing(spans), on=["key", "day", "until", "part"], how="anti")
    kept = ads.join(spans, on=["key", "day", "until", "part"], how="semi").select("place")
    lost = ads.join(kept, on="place", how="anti")["place"]
    return numbered["place"].is_in(lost.implode())


def _holding(spans: pl.DataFrame) -> pl.DataFrame:
    """Spans that hold a shorter one which another file states for the same account."""
    found = []
    for part in spans["part"].unique().to_list():
        mine = spans.filter(pl.col("part") == part).sort("day")
        others = spans.filter(pl.col("part") != part).group_by("key", "day").agg(end=pl.col("until").min())
        later = others.sort("key", "day").with_columns(later=pl.col("end").cum_min(reverse=True).over("key"))
        here = mine.join(others, on=["key", "day"], how="left", maintain_order="left")
        both = here.join_asof(
            later.select("key", "day", "later").sort("day"),
            on="day",
            by="key",
            strategy="forward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        held = (pl.col("end") < pl.col("until")).fill_null(False) | (pl.col("later") <= pl.col("until")).fill_null(
            False
        )
        found.append(both.filter(held).select("key", "day", "until", "part"))
    return pl.concat(found)


def _crossing(spans: pl.DataFrame) -> pl.DataFrame:
    """Spans that share days with one of an earlier file (none holds another any more)."""
    found = [spans.select("key", "day", "until", "part").clear()]
    for part in spans["part"].unique().sort().to_list()[1:]:
        mine = spans.filter(pl.col("part") == part).sort("until")
        earlier = spans.filter(pl.col("part") < part).sort("key", "day")
        earlier = earlier.select("key", start="day", reach=pl.col("until").cum_max().over("key")).sort("start")
        both = mine.join_asof(
            earlier,
            left_on="until",
            right_on="start",
            by="key",
            strategy="backward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        found.append(both.filter(pl.col("reach") > pl.col("day")).select("key", "day", "until", "part"))
    return pl.concat(found)
