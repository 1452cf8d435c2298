"""Results as a picture for the README: three panels of bars, in SVG that knows light and dark. Pure."""

from collections.abc import Iterator
from typing import NamedTuple
from xml.sax.saxutils import escape

from bench import peers
from bench.results import Results

_WIDTH, _LEFT, _ROW, _BAR, _TOP = 860, 214, 24, 15, 64
_GAP, _ROOM = 46, 130  # between panels; for the value behind the longest bar
_STYLE = """
  svg { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif }
  .ground { fill: #ffffff } .text { fill: #1f2328 } .quiet { fill: #656d76 } .bar { fill: #b6c2cf } .ours { fill: #1a7f5a }
  .title { font-size: 15px; font-weight: 600 } .small { font-size: 11.5px } .us { font-weight: 600 } .line { stroke: #d0d7de }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 } .text { fill: #e6edf3 } .quiet { fill: #8d96a0 } .bar { fill: #3d4957 } .ours { fill: #3fb68b }
    .line { stroke: #30363d }
  }
"""


class Panel(NamedTuple):
    """One measure of one workload as bars. `factor`, `form`: how a value is written; `more`: the longest bar is the best."""

    workload: str
    measure: str
    title: str
    hint: str
    factor: float
    form: str
    more: bool


PANELS = (
    Panel("hello", "rate", "Requests per second", "hello, keep-alive, one core; longer is better", 1, "{:,.0f}", True),
    Panel("hello", "cpu", "Processor time per request", "the same run; shorter is better", 1e6, "{:,.1f} µs", False),
    Panel(
        "mix",
        "p99_beside",
        "A fast call beside slow ones: 99th percentile",
        "same connections, 16 threads; shorter is better",
        1e3,
        "{:,.1f} ms",
        False,
    ),
)


def bars(panel: Panel, results: Results) -> list[tuple[str, float]]:
    """Server and value, the best first."""
    met = [(name, results.figure(panel.workload, name, panel.measure)) for name in peers.BY_NAME]
    return sorted(((name, figure.median) for name, figure in met if figure), key=lambda bar: bar[1], reverse=panel.more)


def _panel(panel: Panel, rows: list[tuple[str, float]], top: int) -> Iterator[str]:
    yield f'<text class="text title" x="24" y="{top}">{escape(panel.title)}</text>'
    yield f'<text class="quiet small" x="{_WIDTH - 24}" y="{top}" text-anchor="end">{escape(panel.hint)}</text>'
    first, longest = top + 14, max(value for _, value in rows)
    yield f'<line class="line" x1="{_LEFT}" x2="{_LEFT}" y1="{first}" y2="{first + len(rows) * _ROW}"/>'
    for number, (name, value) in enumerate(rows):
        middle = first + number * _ROW + _ROW // 2
        length = max(1.5, value / longest * (_WIDTH - _LEFT - _ROOM))
        bold = " us" if name == "adapter" else ""
        yield f'<text class="text{bold}" x="{_LEFT - 10}" y="{middle + 4}" text-anchor="end">{escape(peers.BY_NAME[name].title)}</text>'
        kind = "ours" if name == "adapter" else "bar"
        yield f'<rect class="{kind}" x="{_LEFT}" y="{middle - _BAR // 2}" width="{length:.1f}" height="{_BAR}" rx="2"/>'
        said = panel.form.format(value * panel.factor)
        yield f'<text class="text{bold}" x="{_LEFT + length + 8:.1f}" y="{middle + 4}">{said}</text>'


def render(results: Results) -> str:
    """The picture; panels that were not measured are left out."""
    body: list[str] = []
    top = _TOP
    for panel in PANELS:
        if rows := bars(panel, results):
            body += _panel(panel, rows, top)
            top += 14 + len(rows) * _ROW + _GAP
    machine = results.machine
    facts = (
        f"{machine['processor']} · {machine['kernel']} · {machine['python']} · {machine['date']} · medians of {results.rounds}"
    )
    foot = escape(f"{machine['placing']} What is not fair in it: docs/benchmarks.md")
    height = top - _GAP + 44
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" role="img">',
            f"<title>adapter beside its peers</title><style>{_STYLE}</style>",
            f'<rect class="ground" width="{_WIDTH}" height="{height}" rx="8"/>',
            f'<text class="quiet small" x="24" y="30">{escape(facts)}</text>',
            *body,
            f'<text class="quiet small" x="24" y="{height - 16}">{foot}</text>',
            "</svg>\n",
        ]
    )
