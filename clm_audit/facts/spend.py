"""Spend: one row an amount with the days it covers and what it was spent on."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from difflib import get_close_matches

import polars as pl

from clm_audit.config.plan import SpendRules
from clm_audit.facts.booked import in_ads_too
from clm_audit.facts.common import Context, count_left_out, left_name, not_taken, rows_of, served, side_of
from clm_audit.facts.ledger import Entry
from clm_audit.facts.overlaps import told_elsewhere
from clm_audit.facts.split import Shelved, undivided
from clm_audit.facts.staged import Staged

CATEGORIES = ("acquisition", "retention", "service", "other")
_EPOCH = date(1970, 1, 1)
_MONTH = 31
NEAR = 0.8  # likeness from which a category counts as misspelt
_BUCKETS = {
    **dict.fromkeys(("week", "woche", "semaine", "semana"), "week"),
    **dict.fromkeys(("month", "monat", "mois", "mes"), "month"),
}
_NUMBER = re.compile(r"^\d[\d.\-]*\s+")  # of an account, before its name


def category_of(rules: SpendRules, words: Sequence[str | None], platform: str | None) -> tuple[str, str]:
    """(category, how) of an amount: by a rule on its words or platform, by its own word, or by default.

    ``words``: account or campaign first, then the file's own category. Of an account within others
    (``5000 Marketing:5010 Events``) the innermost name that a rule has decides, with or without its number.
    ``how`` is ``rule``, ``own``, ``platform`` (an ad platform that no rule names: acquisition), ``near`` and a
    category (its own word looks like that category, misspelt) or ``none``.

    >>> category_of(SpendRules(retention=("Winback",)), ["WINBACK", None], "Meta Ads")
    ('retention', 'rule')
    >>> category_of(SpendRules(), ["Brand", None], "Meta Ads")
    ('acquisition', 'platform')
    >>> category_of(SpendRules(service=("Support",)), ["6000 Support:6010 Software", None], None)
    ('service', 'rule')
    """
    kinds = (("acquisition", rules.acquisition), ("retention", rules.retention), ("service", rules.service))
    named = {name.strip().casefold(): kind for kind, names in kinds for name in names}
    for name in (name for word in (*words, platform) for name in _names(word)):
        if name in named:
            return named[name], "rule"
    for word in reversed(words):
        if word and word.strip().casefold() in CATEGORIES:
            return word.strip().casefold(), "own"
    if platform:
        return "acquisition", "platform"
    own = (words[-1] or "").strip().casefold()
    near = get_close_matches(own, CATEGORIES[:3], n=1, cutoff=NEAR)
    return "other", f"near {near[0]}" if near else "none"


def _names(word: str | None) -> Iterator[str]:
    """What a rule may call an account: as it is, then the names on its path from the inside, without their numbers."""
    whole = (word or "").strip().casefold()
    yield whole
    for name in reversed(whole.split(":")):
        yield name.strip()
        yield _NUMBER.sub("", name.strip())


def build_spend(staged: Sequence[Staged], context: Context) -> Shelved:
    """Write the spend of all files; the same amount on the same day and account in two files counts once."""
    rows = pl.concat([_rows(number, one, context) for number, one in enumerate(staged)]).sort("part", "row")
    alike = ["space", "day", "until", "account", "category_word", "raw"]
    rows = rows.with_columns(occurrence=pl.col("row").cum_count().over("part", *alike))
    rows = rows.with_columns(again=~pl.struct(*alike, "occurrence").is_first_distinct() | told_elsewhere(rows))
    retold, counts = in_ads_too(rows)
    rows = rows.with_columns(retold=retold)
    for name, count in counts.items():
        context.count(name, count)
    go_live = (context.plan.go_live - _EPOCH).days if context.plan.go_live else None
    empty = pl.col("until") <= pl.col("day")
    crossing = pl.lit(False)
    if go_live is not None:
        long = pl.col("until") - pl.col("day") > _MONTH
        crossing = long & (pl.col("day") < go_live) & (pl.col("until") > go_live)
    rows = rows.with_columns(empty=empty, crossing=crossing & ~empty)
    for number, one in enumerate(staged):
        _book(rows.filter(pl.col("part") == number), one, context)
    table = rows.filter(~pl.col("again") & ~pl.col("retold") & ~pl.col("empty") & ~pl.col("crossing"))
    context.count("spend.rows", table.height)
    ones = pl.lit(1, dtype=pl.Int32).alias("rows")
    table = table.select("day", "until", "cents", "category", "file", "side", ones)
    return undivided(table, context.folder / "spend")


def _book(here: pl.DataFrame, one: Staged, context: Context) -> None:
    amount, day = one.columns["amount"].header, one.columns["date"].header
    fresh = here.filter(~pl.col("again") & ~pl.col("retold"))
    entries = [
        *not_taken(one),
        Entry(rows_of(here.filter("again")), "repeated", amount, repeated=True),
        Entry(rows_of(here.filter("retold")), "retold", amount, repeated=True),
        Entry(rows_of(fresh.filter("empty")), "period_is_empty", day),
        Entry(rows_of(fresh.filter("crossing")), "period_crosses_go_live", day),
    ]
    context.books[one.table.index].enter(served(one), entries)
    context.count("spend.duplicate_rows", here.filter("again").height)
    left = one.rows.filter(pl.col("left") > 0).with_columns(left_name(one)).group_by("left_out").len()
    count_left_out(context, one, "spend", dict(left.collect(engine="streaming").iter_rows()))
    notes = context.books[one.table.index].notes
    if told := here.filter("retold").height:
        notes.append(f"rows of the books that an ad platform also reports, counted there: {told:,}")
    by_default = here.filter(pl.col("how") == "platform").height
    near = here.filter(pl.col("how").str.starts_with("near ")).group_by("how").len().sort("how")
    unmatched = here.filter(pl.col("how") == "none").height
    for how, count in near.iter_rows():
        context.count("spend.near_words", count)
        notes.append(f"rows whose category looks like a misspelt {how[5:]}, taken as category other: {count:,}")
    if by_default:
        context.count("spend.acquisition_by_default", by_default)
        notes.append(f"rows of an ad platform that no spend rule names, taken as acquisition: {by_default:,}")
    if unmatched:
        context.count("spend.unmatched", unmatched)
        notes.append(f"rows that no spend rule names, taken as category other: {unmatched:,}")


def _rows(number: int, one: Staged, context: Context) -> pl.DataFrame:
    columns = set(one.columns) | set(one.source.constants)

    def word(name: str) -> pl.Expr:
        return pl.col(name) if name in columns else pl.lit(None, dtype=pl.String)

    found = (
        one.rows.filter((pl.col("reason") == 0) & (pl.col("left") == 0))
        .select(
            "row",
            pl.lit(number, dtype=pl.Int32).alias("part"),
            pl.lit(one.system).alias("space"),
            pl.col("date").alias("day"),
            _until(columns).alias("until"),
            context.currency.convert(pl.col("amount"), one).alias("cents"),
            pl.col("amount").alias("raw"),
            word("account").alias("account"),
            word("category").alias("category_word"),
            word("platform").alias("platform"),
            word("owner").alias("owner"),
            word("vendor").alias("vendor"),
            pl.lit(one.table.index, dtype=pl.Int32).alias("file"),
            side_of(one.table).alias("side"),
        )
        .collect(engine="streaming")
    )
    return _categorised(_spread(found, one, context), context.plan.spend, one.source.category)


def _until(columns: set[str]) -> pl.Expr:
    if "until" in columns:
        return pl.col("until")
    if "until_inclusive" in columns:
        return pl.col("until_inclusive") + 1
    return pl.lit(None, dtype=pl.Int32)


def _categorised(rows: pl.DataFrame, rules: SpendRules, fixed: str | None) -> pl.DataFrame:
    """Adds category and how; the rules are asked once for each combination of words."""
    words = ["account", "category_word", "platform"]
    combos = rows.select(words).unique(maintain_order=True)
    answers = [
        (fixed, "own") if fixed else category_of(rules, (account, own), platform)
        for account, own, platform in combos.iter_rows()
    ]
    combos = combos.with_columns(
        category=pl.Series([kind for kind, _ in answers], dtype=pl.String),
        how=pl.Series([how for _, how in answers], dtype=pl.String),
    )
    return rows.join(combos, on=words, how="left", nulls_equal=True, maintain_order="left")


def _spread(rows: pl.DataFrame, one: Staged, context: Context) -> pl.DataFrame:
    """The days that amounts cover: as stated, a week or month where the dates are of weeks or months, else a day."""
    bucket = _BUCKETS.get(one.columns["date"].header.strip().casefold()) or _monthly(rows)
    open_rows = pl.col("until").is_null()
    if bucket is None or not rows.select(open_rows.any()).item():
        return rows.with_columns(until=pl.when(open_rows).then(pl.col("day") + 1).otherwise("until").cast(pl.Int32))
    context.books[one.table.index].notes.append(f"{one.columns['date'].header}: one date a {bucket}, spread over it")
    spans = {day: _span(day, bucket) for day in rows.filter(open_rows)["day"].unique().to_list()}
    ends: list[dict[int, int]] = [{day: span[at] for day, span in spans.items()} for at in (0, 1)]
    start, end = (pl.col("day").replace_strict(moved, default=None, return_dtype=pl.Int32) for moved in ends)
    return rows.with_columns(
        day=pl.when(open_rows).then(start).otherwise("day"), until=pl.when(open_rows).then(end).otherwise("until")
    )


def _monthly(rows: pl.DataFrame) -> str | None:
    """``month`` when the rows without an end are all dated on the first, or all on the last, of at least two months."""
    days = [_EPOCH + timedelta(days=day) for day in rows.filter(pl.col("until").is_null())["day"].unique().to_list()]
    first = all(day.day == 1 for day in days)
    last = all(day.day == calendar.monthrange(day.year, day.month)[1] for day in days)
    return "month" if len(days) > 1 and (first or last) else None


def _span(number: int, bucket: str) -> tuple[int, int]:
    if bucket == "week":
        return number, number + 7
    day = _EPOCH + timedelta(days=number)
    first = day.replace(day=1)
    length = calendar.monthrange(day.year, day.month)[1]
    start = (first - _EPOCH).days
    return start, start + length
