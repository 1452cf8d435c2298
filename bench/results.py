"""What a run found out, and its file."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.figures import Figure, figure


@dataclass
class Results:
    """`samples`: workload -> server -> rounds. `failed`: workload -> server -> why. `missing`: server -> why it could not be installed."""

    machine: dict[str, str]
    versions: dict[str, str]
    rounds: int
    seconds: float
    samples: dict[str, dict[str, list[dict[str, float]]]] = field(default_factory=dict)
    failed: dict[str, dict[str, str]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def figure(self, workload: str, server: str, measure: str) -> Figure | None:
        """The figure, if it was measured."""
        return figure(self.samples.get(workload, {}).get(server, []), measure)

    def write(self, path: Path) -> None:
        """Keep them."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1) + "\n")


def read(path: Path) -> Results:
    """Read what `write` wrote. OSError: not there; ValueError, TypeError: no such file."""
    return Results(**json.loads(path.read_text()))
