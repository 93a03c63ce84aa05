"""How numbers, times and sizes are written in the window."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime

_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
NOTHING = "—"
LONGEST_NUMBER = 16


def format_seconds(seconds: float | None) -> str:
    """`0.4 s`, `12 s`, `3 min 05 s`, `2 h 14 min`; an em dash for None."""
    if seconds is None:
        return "—"
    if seconds < 1:
        return f"{seconds:.2f} s" if seconds and seconds < 0.1 else f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def format_number(value: float | int | None, digits: int = 4) -> str:
    """`1,234`, `0.9077`, `1.2e-05`, `NaN`, `∞`: `digits` for what isn't whole."""
    if value is None:
        return NOTHING
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return f"{int(value):,}"
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else "−∞"
    if abs(value) >= 10_000:
        return f"{value:,.0f}"
    if abs(value) >= 1:
        return f"{value:.{max(0, digits - len(str(int(abs(value)))))}f}"
    return f"{value:.{digits}f}" if abs(value) >= 0.001 else f"{value:.2e}"


def format_data(value: float, decimals: int) -> str:
    """A cell of somebody's table: `2007`, `39.10`, `1.2e-05`, no grouping."""
    if isinstance(value, int):
        return str(value)
    written = f"{value:.{decimals}f}"
    hidden = value != 0 and abs(value) < 0.5 * 10**-decimals
    return f"{value:.3g}" if hidden or len(written) > LONGEST_NUMBER else written


def decimals_of(values: Iterable[object], most: int = 4) -> int:
    """How many decimals show the floats of a column, at most `most`."""
    written = (f"{v:.{most}f}".rstrip("0") for v in values if isinstance(v, float))
    return max((len(text.partition(".")[2]) for text in written), default=0)


def format_bytes(count: int | None) -> str:
    """`812 B`, `1.4 MB`, with 1 kB = 1,000 B."""
    if count is None:
        return NOTHING
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def format_time_within(moment: datetime | None) -> str:
    """The same after other words: `made today 09:12`."""
    told = format_time(moment)
    return told[:1].lower() + told[1:]


def format_time(moment: datetime | None, now: datetime | None = None) -> str:
    """`Today 09:12`, `Yesterday 17:40`, `21 Nov`, `21 Nov 2023`, in local time."""
    if moment is None:
        return NOTHING
    local = moment.astimezone()
    today = (now or datetime.now().astimezone()).astimezone().date()
    clock = f"{local:%H:%M}"
    days = (today - local.date()).days
    if days in (0, 1):
        return f"{('Today', 'Yesterday')[days]} {clock}"
    day = f"{local.day} {_MONTHS[3 * local.month - 3 : 3 * local.month]}"
    return day if local.year == today.year else f"{day} {local.year}"
