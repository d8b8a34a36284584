"""Which conversations are selected: ticked ones by id, and all that matched once, frozen when they were chosen."""

import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]


def ascending(ids: Iterable[int]) -> Ids:
    """Ids in the form in which many of them are kept."""
    return np.unique(np.fromiter(ids, dtype=np.int64))


def hold(many: Ids, ids: Collection[int]) -> list[bool]:
    """For each of `ids` whether it is among `many`, which ascend."""
    asked = np.fromiter(ids, dtype=np.int64, count=len(ids))
    if not len(many):
        return [False] * len(asked)
    at = np.minimum(np.searchsorted(many, asked), len(many) - 1)
    return [bool(is_held) for is_held in many[at] == asked]


@dataclass(frozen=True, eq=False)
class Frozen:
    """All that matched at one moment: `ids` ascending, `at` UTC epoch seconds, `said` the filter in words."""

    ids: Ids
    at: int
    said: str


@dataclass(frozen=True)
class Ticks:
    """The selection; it survives paging, sorting, filters, reruns and a reload. `times`: when each was ticked.

    An id stands in `times` or in `frozen`, never in both; `dropped` are the frozen ones unticked since.
    """

    times: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    frozen: Frozen | None = None
    dropped: frozenset[int] = frozenset()
    stamp: str = field(default_factory=lambda: secrets.token_hex(8))  # one for each selection that begins empty

    @property
    def n(self) -> int:
        return len(self.times) + (0 if self.frozen is None else len(self.frozen.ids) - len(self.dropped))

    @property
    def all_ids(self) -> Ids:
        """Ascending."""
        ticked = ascending(self.times)
        return ticked if self.frozen is None else np.union1d(ticked, self._left(self.frozen))

    def among(self, shown: Collection[int]) -> frozenset[int]:
        """Those of `shown` that are selected."""
        if self.frozen is None:
            return frozenset(shown) & self.times.keys()
        held = dict(zip(shown, hold(self.frozen.ids, shown), strict=True))
        return frozenset(id_ for id_ in shown if id_ in self.times or (held[id_] and id_ not in self.dropped))

    def ticked(self, ids: Collection[int], at: int) -> "Ticks":
        """These as well; one that is selected already keeps its time."""
        again = self.dropped & frozenset(ids)
        back = replace(self, dropped=self.dropped - again)
        new = frozenset(ids) - back.among(ids)
        return replace(back, times={**self.times, **dict.fromkeys(sorted(new), at)}) if new else back

    def unticked(self, ids: Collection[int]) -> "Ticks":
        """These no longer."""
        gone = self.among(ids)
        if not gone:
            return self
        times = {id_: at for id_, at in self.times.items() if id_ not in gone}
        return replace(self, times=times, dropped=self.dropped | (gone - self.times.keys()))

    def froze(self, frozen: Frozen) -> "Ticks":
        """All of these as well, in place of those frozen before."""
        held = dict(zip(self.times, hold(frozen.ids, self.times), strict=True))
        return Ticks({id_: at for id_, at in self.times.items() if not held[id_]}, frozen, stamp=self.stamp)

    def without(self, ids: Ids) -> "Ticks":
        """Forget many."""
        held = dict(zip(self.times, hold(ids, self.times), strict=True))
        times = {id_: at for id_, at in self.times.items() if not held[id_]}
        if self.frozen is None:
            return replace(self, times=times)
        left = np.setdiff1d(self._left(self.frozen), ids, assume_unique=True)
        return Ticks(times, replace(self.frozen, ids=left) if len(left) else None, stamp=self.stamp)

    def _left(self, frozen: Frozen) -> Ids:
        return np.setdiff1d(frozen.ids, ascending(self.dropped), assume_unique=True) if self.dropped else frozen.ids


def write(ticks: Ticks) -> dict[str, Any]:
    """The ticks as JSON can hold them, without the frozen ones: those are written when they are chosen."""
    return {
        "times": [[id_, at] for id_, at in ticks.times.items()],
        "dropped": sorted(ticks.dropped),
        "frozen_at": None if ticks.frozen is None else ticks.frozen.at,
        "stamp": ticks.stamp,
    }


def write_frozen(frozen: Frozen) -> dict[str, Any]:
    """The frozen ones as JSON can hold them."""
    return {"ids": frozen.ids.tolist(), "at": frozen.at, "said": frozen.said}


def read(kept: Mapping[str, Any] | None, frozen: Mapping[str, Any] | None) -> Ticks:
    """The selection as it was kept."""
    if kept is None:
        return Ticks()
    times = {int(id_): int(at) for id_, at in kept["times"]}
    if frozen is None or kept["frozen_at"] != frozen["at"]:
        return Ticks(times, stamp=kept["stamp"])
    held = Frozen(ascending(frozen["ids"]), frozen["at"], frozen["said"])
    return Ticks(times, held, frozenset(kept["dropped"]), kept["stamp"])
