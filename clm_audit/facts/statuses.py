"""The states that do not count when a user's own mapping names a status column but no states."""

from __future__ import annotations

from collections.abc import Mapping

from clm_audit.config.preset import Yield, load_presets


def with_default_states(source: Yield) -> Yield:
    """A yield as it is, or with the states of the ``plain`` preset when it has none of its own.

    >>> bare = Yield(fact="orders", fields={"order": ("No",), "status": ("State",)})
    >>> "cancelled" in with_default_states(bare).left_out
    True
    """
    if source.left_out or source.counted:
        return source
    for candidate in load_presets()["plain"].objects.values():
        for plain in candidate.yields:
            if plain.fact == source.fact:
                kept = {name: _known(columns, source) for name, columns in plain.left_out.items()}
                return source.model_copy(update={"left_out": {name: rule for name, rule in kept.items() if rule}})
    return source


def _known(columns: Mapping[str, tuple[str, ...]], source: Yield) -> dict[str, tuple[str, ...]]:
    return {name: values for name, values in columns.items() if name in source.fields}
