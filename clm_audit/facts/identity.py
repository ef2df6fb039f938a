"""Who is who: ids and e-mail addresses of all systems -> one exact integer a customer.

An id stands for the e-mail address that a row beside it gives (customer exports first). The key of a
customer is the address without case when it is known, else ``system:id``; codes number the sorted keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clm_audit.facts.belonging import OWNERS, owners_of, with_customers
from clm_audit.facts.damage import count_damage, is_blurred
from clm_audit.facts.pools import Pools
from clm_audit.facts.ranks import ranked
from clm_audit.facts.staged import Staged

Codes = NDArray[np.int64]
_POOL = "id "
_HOPS = 16
SHARED = 5  # ids of one system at one address: a household is smaller, a till or a test inbox larger
_WRITTEN_TWO_WAYS = r"^[a-zA-Z0-9]{15}([A-Z0-5]{3})?$"  # 15 characters, or the same with a check of their case


@dataclass(frozen=True)
class Identity:
    """``ids``/``emails``: name space -> customer code of each pool code (-1 = nobody; one entry more for null).

    ``persons``: the same as ``ids`` for recipients, who stay themselves where they belong to a customer; ``owned`` are
    the codes of such persons and of their customers.
    ``known`` marks the customers that a customer export lists, ``addressed`` those with an e-mail address,
    ``blurred`` those whose id a spreadsheet wrote with an exponent: many customers have the same one.
    """

    ids: Mapping[str, Codes]
    persons: Mapping[str, Codes]
    owned: tuple[Codes, Codes]
    emails: Mapping[str, Codes]
    customers: int
    known: NDArray[np.bool_]
    addressed: NDArray[np.bool_]
    blurred: NDArray[np.bool_]
    evidence: Mapping[str, int]

    def customer(self, one: Staged, columns: Sequence[str]) -> pl.Expr:
        """The customer code (int64) of staged rows, by the first of the columns: an id, or else the address."""
        found: list[pl.Expr] = []
        for field in ("customer", "recipient", "referrer", "referred", "email"):
            if field in columns:
                roles = {"email": self.emails, "recipient": self.persons}
                found.append(gather(pl.col(field), roles.get(field, self.ids)[one.system]))
        return pl.coalesce(found) if found else pl.lit(None, dtype=pl.Int64)


def gather(codes: pl.Expr, values: Codes) -> pl.Expr:
    """``values[code]`` for a column of pool codes; null codes and negative values give null."""
    last = len(values) - 1

    def look_up(column: pl.Series) -> pl.Series:
        return pl.Series(column.name, values[column.fill_null(last).to_numpy()])

    found = codes.map_batches(look_up, return_dtype=pl.Int64, is_elementwise=True)
    return pl.when(found >= 0).then(found)


def resolve(pools: Pools, staged: Sequence[Staged]) -> Identity:
    """Resolve every id and address that the staged files hold."""
    texts = _texts(pools, staged)
    merged = _follow(texts, _merges(texts, staged))
    linked, several = _links(texts, staged)
    keys = texts
    if merged.height:
        keys = keys.join(merged, on=["space", "key"], how="left", maintain_order="left")
        keys = keys.with_columns(key=pl.coalesce("target", "key")).drop("target")
    keys = keys.with_columns(person="key")
    if linked.height:
        keys = keys.join(linked, on="key", how="left", maintain_order="left")
        keys = keys.with_columns(person=pl.coalesce("address", "key"))
    keys = with_customers(keys, linked, owners_of(_belonging(texts, staged), merged))
    keys, names = _numbered(keys)
    ids, persons, emails = {}, {}, {}
    for space in pools.names():
        if space.startswith(_POOL):
            here = keys.filter(pl.col("space") == space)
            codes = here["customer"].to_numpy()
            ids[space.removeprefix(_POOL)] = np.append(codes, -1)
            persons[space.removeprefix(_POOL)] = np.append(here["reader"].to_numpy(), -1)
            by_email = here["is_email"].fill_null(False).to_numpy()
            emails[space.removeprefix(_POOL)] = np.append(np.where(by_email, codes, -1), -1)
    for one in staged:
        ids.setdefault(one.system, np.array([-1]))
        persons.setdefault(one.system, np.array([-1]))
        emails.setdefault(one.system, np.array([-1]))
    owned = keys.filter(pl.col("reader") != pl.col("customer")).select("reader", "customer").unique()
    pairs = (owned["reader"].to_numpy(), owned["customer"].to_numpy())
    known = _known(ids, len(names), staged)
    cases = texts.filter("is_email").select("key", "text").unique().group_by("key").len().filter(pl.col("len") > 1)
    addressed = names.str.contains("@", literal=True).to_numpy()
    blurred = np.zeros(len(names), dtype=np.bool_)
    blurred[keys.filter(is_blurred(pl.col("text")) & (pl.col("customer") >= 0))["customer"].to_numpy()] = True
    evidence = {
        "customers.email_case": cases.height,
        "customers.by_email": int(addressed.sum()),
        "customers.ids_with_several_emails": several,
        **count_damage(texts),
        **_count_merges(merged, texts, staged),
        **_count_shared(linked),
        **_count_lengths(texts),
    }
    return Identity(ids, persons, pairs, emails, len(names), known, addressed, blurred, evidence)


def _numbered(keys: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """Adds ``customer`` and ``reader``, the numbers of ``final`` and ``person`` among all sorted names (-1 = nobody);
    and those names. One sort does it: a join by text would cost more than all the rest."""
    alike = bool((keys["final"].eq_missing(keys["person"])).all())
    codes, names = ranked(keys["final"] if alike else pl.concat([keys["final"], keys["person"]]))
    customer, reader = pl.Series(codes[: keys.height]), pl.Series(codes[-keys.height :] if keys.height else codes)
    return keys.with_columns(customer=customer, reader=reader), names


def _texts(pools: Pools, staged: Sequence[Staged]) -> pl.DataFrame:
    """Every text of every id pool: space, code, text, key, is_email."""
    separators = {f"{_POOL}{one.system}": one.table.object.id_separator for one in staged if one.table.object}
    for one in staged:
        if one.table.object and one.table.object.id_separator:
            separators[f"{_POOL}{one.system}"] = one.table.object.id_separator
    frames = []
    for space in pools.names():
        if not space.startswith(_POOL):
            continue
        frame = pl.DataFrame({"text": pools.texts(space)}).with_row_index("code")
        first = pl.col("text")
        separator = separators.get(space)
        if separator:
            first = first.str.split(separator).list.first().str.strip_chars()
        is_email = first.str.contains("@", literal=True)
        key = pl.when(is_email).then(first.str.to_lowercase()).otherwise(space.removeprefix(_POOL) + ":" + first)
        frames.append(frame.with_columns(space=pl.lit(space), key=key, is_email=is_email))
    empty = {"code": pl.UInt32, "text": pl.String, "space": pl.String, "key": pl.String, "is_email": pl.Boolean}
    return pl.concat([pl.DataFrame(schema=empty), *(frame.select(list(empty)) for frame in frames)])


def _pairs(one: Staged, left: str, right: str) -> pl.DataFrame:
    """Distinct pairs of pool codes of two fields of a file."""
    rows = one.rows.filter((pl.col("reason") == 0) & pl.col(left).is_not_null() & pl.col(right).is_not_null())
    return rows.select(code=pl.col(left), other=pl.col(right)).unique().collect(engine="streaming")


def _named(texts: pl.DataFrame, space: str, pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs of pool codes -> pairs of keys."""
    here = texts.filter(pl.col("space") == space)
    named = pairs.join(here.select("code", "key"), on="code")
    other = here.select(pl.col("code").alias("other"), pl.col("key").alias("address"), pl.col("is_email"))
    return named.join(other, on="other").select("key", "address", "is_email")


def _links(texts: pl.DataFrame, staged: Sequence[Staged]) -> tuple[pl.DataFrame, int]:
    """id key -> e-mail address; customer exports are believed first, then the smallest address."""
    found = [pl.DataFrame(schema={"key": pl.String, "address": pl.String, "rank": pl.Int32})]
    for one in staged:
        if {"customer", "email"} <= set(one.columns):
            pairs = _named(texts, f"{_POOL}{one.system}", _pairs(one, "customer", "email")).filter("is_email")
            pairs = pairs.filter(~pl.col("key").str.contains("@", literal=True))
            rank = pl.lit(0 if one.fact == "customers" else 1, dtype=pl.Int32)
            found.append(pairs.select("key", "address", rank=rank))
    links = pl.concat(found).unique().sort("key", "rank", "address")
    several = links.filter(pl.col("rank") == 0).group_by("key").len().filter(pl.col("len") > 1).height
    return links.unique("key", keep="first", maintain_order=True).select("key", "address"), several


def _belonging(texts: pl.DataFrame, staged: Sequence[Staged]) -> pl.DataFrame:
    """Person -> the customer it belongs to, as exports say: space, key, owner."""
    found = [pl.DataFrame(schema={"space": pl.String, **OWNERS})]
    for one in staged:
        if {"customer", "belongs_to"} <= set(one.columns):
            space = f"{_POOL}{one.system}"
            named = _named(texts, space, _pairs(one, "customer", "belongs_to"))
            found.append(named.select(pl.lit(space).alias("space"), "key", owner="address"))
    return pl.concat(found)


def _merges(texts: pl.DataFrame, staged: Sequence[Staged]) -> pl.DataFrame:
    """Merged id -> the id that it was merged into: space, key, target."""
    found = [pl.DataFrame(schema={"space": pl.String, "key": pl.String, "target": pl.String})]
    for one in staged:
        space = f"{_POOL}{one.system}"
        if one.fact != "customers" or "customer" not in one.columns:
            continue
        if "merged_into" in one.columns:
            rows = one.rows.filter(pl.col("merged_into").is_not_null() & pl.col("customer").is_not_null())
            pairs = rows.select(code="customer", other="merged_into").unique().collect(engine="streaming")
            named = _named(texts, space, pairs)
            found.append(named.select(pl.lit(space).alias("space"), "key", target="address"))
        if "merged_from" in one.columns:
            rows = one.rows.filter(pl.col("merged_from").is_not_null() & pl.col("customer").is_not_null())
            lists = rows.select(code="customer", old=pl.col("merged_from").str.split(";")).collect()
            here = texts.filter(pl.col("space") == space).select("code", target="key")
            exploded = lists.explode("old").join(here, on="code")
            key = one.system + ":" + pl.col("old").str.strip_chars()
            found.append(exploded.select(pl.lit(space).alias("space"), key.alias("key"), "target"))
    merges = pl.concat(found).filter(pl.col("key") != pl.col("target"))
    return merges.sort("space", "key", "target").unique(["space", "key"], keep="first", maintain_order=True)


def _count_merges(merged: pl.DataFrame, texts: pl.DataFrame, staged: Sequence[Staged]) -> dict[str, int]:
    """Merged records that were followed, and those whose surviving record no customer export lists."""
    listed = [pl.DataFrame(schema={"space": pl.String, "code": pl.UInt32})]
    for one in staged:
        if one.fact == "customers" and "customer" in one.columns:
            rows = one.rows.filter((pl.col("reason") == 0) & pl.col("customer").is_not_null())
            codes = rows.select(pl.lit(f"{_POOL}{one.system}").alias("space"), code="customer").unique()
            listed.append(codes.collect(engine="streaming"))
    known = texts.join(pl.concat(listed), on=["space", "code"]).select("space", target="key").unique()
    nowhere = merged.join(known, on=["space", "target"], how="anti").height
    return {"customers.merged": merged.height, "customers.merged_nowhere": nowhere}


def _count_shared(linked: pl.DataFrame) -> dict[str, int]:
    """Addresses that :data:`SHARED` or more ids of one system stand for, and the ids that they join."""
    space = pl.col("key").str.split(":").list.first()
    each = linked.group_by("address", space).len().filter(pl.col("len") >= SHARED)
    most = each["len"].max() if each.height else 0
    return {
        "customers.shared_addresses": each["address"].n_unique(),
        "customers.ids_at_shared_addresses": int(each["len"].sum()),
        "customers.most_ids_at_one_address": int(most) if isinstance(most, int) else 0,
    }


def _count_lengths(texts: pl.DataFrame) -> dict[str, int]:
    """Ids of 15 characters where the same system also has some of 18: spelt both ways, or in one way only."""
    text = pl.col("text")
    ids = texts.filter(text.str.contains(_WRITTEN_TWO_WAYS) & text.str.contains("[a-zA-Z]"))
    ids = ids.with_columns(stem=pl.col("text").str.head(15), long=pl.col("text").str.len_chars() == 18)
    short, long = ids.filter(~pl.col("long")), ids.filter("long")
    short = short.join(long.select("space").unique(), on="space", how="semi")
    both = short.join(long, on=["space", "stem"], how="semi").height
    return {"ids.two_lengths": both, "ids.short_alone": short.height - both}


def _follow(texts: pl.DataFrame, merges: pl.DataFrame) -> pl.DataFrame:
    """Chains of merges followed to their end; a circle ends where it began to repeat."""
    if texts.is_empty() or merges.is_empty():
        return merges
    for _ in range(_HOPS):
        further = merges.select("space", target="key", onward="target")
        step = merges.join(further, on=["space", "target"], how="left")
        if step["onward"].is_null().all():
            break
        onward = pl.when(pl.col("onward") != pl.col("key")).then("onward")
        merges = step.select("space", "key", target=pl.coalesce(onward, "target"))
    return merges


def _known(ids: Mapping[str, Codes], customers: int, staged: Sequence[Staged]) -> NDArray[np.bool_]:
    known = np.zeros(customers, dtype=np.bool_)
    for one in staged:
        if one.fact == "customers" and "customer" in one.columns:
            rows = one.rows.filter((pl.col("reason") == 0) & pl.col("customer").is_not_null())
            codes = rows.select(pl.col("customer").unique()).collect(engine="streaming")["customer"].to_numpy()
            known[ids[one.system][codes]] = True
    return known
