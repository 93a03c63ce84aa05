"""The rows of an arrangement: their order, and how far down each begins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

SWEEPS, PATIENCE, SHIFTS = 12, 2, 10
ROW_GAP, BEND_GAP = 32.0, 20.0


@dataclass(frozen=True)
class Joint:
    """Two neighbours: ends are heights below their tops, `straight` how much it
    matters that they come to lie on one line."""

    source: str
    leaves: float
    target: str
    arrives: float
    straight: float = 1.0


class Rows:
    """Columns of things with their joints."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._columns: list[list[str]] = [[] for _ in range(count)]
        self._heights: dict[str, float] = {}
        self._bends: set[str] = set()
        self._before: defaultdict[str, list[Joint]] = defaultdict(list)
        self._after: defaultdict[str, list[Joint]] = defaultdict(list)

    def add(self, key: str, column: int, height: float, *, loose: bool) -> None:
        """A card, or (loose) the bend of a wire; known ones are ignored."""
        if key in self._heights:
            return
        self._heights[key] = height
        self._columns[column].append(key)
        if loose:
            self._bends.add(key)

    def join(self, joint: Joint) -> None:
        self._after[joint.source].append(joint)
        self._before[joint.target].append(joint)

    def settle(self) -> dict[str, float]:
        """The top of each, after ordering the rows."""
        self._order()
        tops: dict[str, float] = {}
        for column in self._columns:
            top = 0.0
            for key, following in _pairs(column):
                tops[key] = top
                top += self._room(key, following)
        for number in range(SHIFTS):
            forwards = number % 2 == 0
            both = number >= SHIFTS - 3
            for keys in self._columns if forwards else reversed(self._columns):
                self._shift(keys, tops, forwards=forwards, both=both)
        return tops

    # -- order -----------------------------------------------------------------------

    def _order(self) -> None:
        """From the given order and from its mirror image, whichever ends better."""
        given = [list(column) for column in self._columns]
        best, fewest = self._ordered(given)
        if fewest:
            other, crossings = self._ordered([column[::-1] for column in given])
            best = other if crossings < fewest else best
        self._columns = best

    def _ordered(self, columns: list[list[str]]) -> tuple[list[list[str]], int]:
        """The best order that sweeps come across, and its crossings."""
        self._columns = columns
        best, fewest = [list(c) for c in columns], self._crossings()
        idle = 0
        for number in range(SWEEPS):
            if not fewest or idle > PATIENCE:
                break
            self._sweep(forwards=number % 2 == 0)
            crossings = self._crossings()
            idle += 1
            if crossings < fewest:
                best, fewest, idle = [list(c) for c in self._columns], crossings, 0
        return best, fewest

    def _sweep(self, *, forwards: bool) -> None:
        """Each by the mean of where its neighbours lie."""
        columns = range(1, self.count) if forwards else range(self.count - 2, -1, -1)
        for number in columns:
            beside = self._columns[number - 1 if forwards else number + 1]
            rank = {key: float(row) for row, key in enumerate(beside)}
            own = self._columns[number]
            means = {
                key: self._mean(key, rank, forwards, float(row))
                for row, key in enumerate(own)
            }
            own.sort(key=means.__getitem__)

    def _mean(
        self, key: str, rank: Mapping[str, float], forwards: bool, otherwise: float
    ) -> float:
        """Ports count as parts of a row, so that wires of one card don't cross."""
        if forwards:
            found = [
                rank[j.source] + j.leaves / (self._heights[j.source] + 1)
                for j in self._before[key]
            ]
        else:
            found = [
                rank[j.target] + j.arrives / (self._heights[j.target] + 1)
                for j in self._after[key]
            ]
        return sum(found) / len(found) if found else otherwise

    def _crossings(self) -> int:
        return sum(self._crossings_after(number) for number in range(self.count - 1))

    def _crossings_after(self, number: int) -> int:
        """Inversions among the joints' ends, counted in a tree of sums."""
        rank = {key: row for row, key in enumerate(self._columns[number + 1])}
        ends = [
            (row, joint.leaves, rank[joint.target], joint.arrives)
            for row, key in enumerate(self._columns[number])
            for joint in self._after[key]
        ]
        ports = sorted({(end[2], end[3]) for end in ends})
        place = {port: at for at, port in enumerate(ports, start=1)}
        ends.sort()
        sums = [0] * (len(ports) + 1)
        crossings = 0
        for seen, (_, _, row, arrives) in enumerate(ends):
            at = place[(row, arrives)]
            crossings += seen - _sum(sums, at)
            while at < len(sums):
                sums[at] += 1
                at += at & -at
        return crossings

    # -- heights ---------------------------------------------------------------------

    def _shift(
        self, keys: Sequence[str], tops: dict[str, float], *, forwards: bool, both: bool
    ) -> None:
        """As near as can be to where wires would be straight, in the same order."""
        wanted: list[tuple[float, float]] = []
        for key in keys:
            wishes = self._wishes(key, tops, forwards, both)
            wanted.append(_middle(wishes) if wishes else (tops[key], 0.1))
        offset, offsets = 0.0, []
        for key, following in _pairs(keys):
            offsets.append(offset)
            offset += self._room(key, following)
        free = [
            (at - off, weight)
            for (at, weight), off in zip(wanted, offsets, strict=False)
        ]
        for key, at, off in zip(keys, _rising(free), offsets, strict=False):
            tops[key] = at + off

    def _wishes(
        self, key: str, tops: Mapping[str, float], forwards: bool, both: bool
    ) -> list[tuple[float, float]]:
        """Tops at which a wire would be straight, with how much that matters."""
        found: list[tuple[float, float]] = []
        if forwards or both:
            found += [
                (tops[j.source] + j.leaves - j.arrives, j.straight)
                for j in self._before[key]
            ]
        if not forwards or both:
            found += [
                (tops[j.target] + j.arrives - j.leaves, j.straight)
                for j in self._after[key]
            ]
        return found

    def _room(self, key: str, following: str) -> float:
        """From a top to the next one's."""
        bend = key in self._bends or following in self._bends
        return self._heights[key] + (BEND_GAP if bend else ROW_GAP)


def _pairs(keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    return zip(keys, [*keys[1:], ""], strict=True)


def _sum(sums: Sequence[int], at: int) -> int:
    total = 0
    while at:
        total += sums[at]
        at -= at & -at
    return total


def _middle(wishes: list[tuple[float, float]]) -> tuple[float, float]:
    """The median wish (the mean of two), with the weight of all."""
    wishes.sort()
    weight = sum(each for _, each in wishes)
    passed = 0.0
    for number, (at, each) in enumerate(wishes):
        passed += each
        if passed == weight / 2 and number + 1 < len(wishes):
            return (at + wishes[number + 1][0]) / 2, weight
        if passed >= weight / 2:
            return at, weight
    return wishes[-1][0], weight


def _rising(wanted: Sequence[tuple[float, float]]) -> list[float]:
    """The rising numbers that lie nearest to what is wanted, least squares: those
    that would fall are pooled at their mean."""
    pools: list[tuple[float, float, int]] = []
    for at, weight in wanted:
        count = 1
        while pools and pools[-1][0] > at:
            before, heavy, number = pools.pop()
            at = (before * heavy + at * weight) / (heavy + weight)
            weight, count = heavy + weight, number + count
        pools.append((at, weight, count))
    return [at for at, _, count in pools for _ in range(count)]
