"""Numbers and text as people read them on a screen: short, aligned, and nothing that moves the cursor."""

_SIZES = ("B", "K", "M", "G", "T", "P")
_COUNTS = ("", "k", "M", "G", "T", "P")
_WIDE = 10  # from here on no decimal is needed


def plain(text: str) -> str:
    """Printable ASCII only: what came from a client, or from a log, can neither move the cursor nor be wider than it is long."""
    return "".join(each if " " <= each <= "~" else "?" if each < " " else each.encode("unicode_escape").decode() for each in text)


def fit(text: str, width: int) -> str:
    """The text cut to so many columns; a `>` shows that there was more."""
    return text if len(text) <= width else text[: max(width - 1, 0)] + ">"[:width]


def duration(seconds: float | None) -> str:
    """`350us`, `1.2ms`, `48ms`, `3.1s`, `12m05s`, `3h12m`, `5d03h`; `-` for None."""
    if seconds is None:
        return "-"
    for limit, scale, unit in ((0.001, 1e6, "us"), (1.0, 1e3, "ms"), (100.0, 1.0, "s")):
        if seconds < limit:
            value = seconds * scale
            return f"{value:.1f}{unit}" if value < _WIDE and unit != "us" else f"{value:.0f}{unit}"
    whole = int(seconds)
    for unit, inner, parts in (("d", "h", 86400), ("h", "m", 3600)):
        if whole >= parts:
            return f"{whole // parts}{unit}{whole % parts // (parts // (24 if unit == 'd' else 60)):02d}{inner}"
    return f"{whole // 60}m{whole % 60:02d}s"


def size(count: float) -> str:
    """Bytes: `812B`, `1.2K`, `45M`."""
    return _scaled(count, 1024, _SIZES)


def amount(count: float) -> str:
    """A number of things: `812`, `1.2k`, `45M`."""
    return _scaled(count, 1000, _COUNTS)


def _scaled(count: float, step: int, units: tuple[str, ...]) -> str:
    value, unit = float(count), 0
    while value >= step and unit < len(units) - 1:
        value, unit = value / step, unit + 1
    return f"{value:.1f}{units[unit]}" if unit and value < _WIDE else f"{value:.0f}{units[unit]}"
