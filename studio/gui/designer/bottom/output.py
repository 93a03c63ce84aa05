"""The outputs of a step: one at a time, the rest in the list at the top."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QWidget

from studio.domain.component import Port, describe
from studio.gui.tasks import Tasks
from studio.gui.viewers.output_pane import OutputPane

if TYPE_CHECKING:
    from studio.services.runs.service import RunService
    from studio.services.tables.service import TableService


LEAST = 72


@dataclass(frozen=True)
class Output:
    """One output of a step; `digest` is "" until it was made."""

    step: str
    port: Port
    digest: str


class OutputTab(OutputPane):
    """`choice` lists the outputs of the step."""

    def __init__(
        self,
        runs: RunService,
        tables: TableService,
        tasks: Tasks,
        parent: QWidget | None = None,
    ) -> None:
        self.choice = QComboBox()
        self.choice.setAccessibleName("Output")
        self.choice.setMinimumWidth(LEAST)
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        super().__init__(tables, tasks, lead=self.choice, plots="row", parent=parent)
        self.choice.activated.connect(self._pick)
        self._runs = runs
        self._outputs: tuple[Output, ...] = ()
        self._current: Output | None = None
        self._wanted = ""
        self.say("No output yet", "Select a step to see what it made.", bar=False)

    def show_outputs(self, outputs: tuple[Output, ...]) -> None:
        """Outputs of the selected step; the one that is shown stays if it can."""
        if outputs == self._outputs:
            return
        self._outputs = outputs
        self.choice.clear()
        for output in outputs:
            self.choice.addItem(_words(output.port))
        if not outputs:
            self.say("No output yet", "Select a step to see what it made.", bar=False)
            return
        name = self._wanted or (self._current.port.name if self._current else "")
        self.choice.setCurrentIndex(self._number_of(name))
        self._pick(self.choice.currentIndex())

    def expect(self, name: str) -> None:
        """Choose this one of the outputs that come next."""
        self._wanted = name

    def choose(self, name: str) -> None:
        """Show the output with this name."""
        self._wanted = ""
        if any(output.port.name == name for output in self._outputs):
            number = self._number_of(name)
            if number != self.choice.currentIndex():
                self.choice.setCurrentIndex(number)
                self._pick(number)

    def _number_of(self, name: str) -> int:
        names = [output.port.name for output in self._outputs]
        return names.index(name) if name in names else 0

    def _pick(self, number: int) -> None:
        output = self._outputs[number]
        self._current, self._wanted = output, ""
        if not output.digest:
            self.say("Not made yet", "Run the pipeline to see this output.")
            return
        path = partial(self._runs.output_path, output.digest)
        self.show_output(path, output.digest)


def _words(port: Port) -> str:
    """`train · a table`; a table that is called `table` says it once."""
    kind = describe(port.type)
    return port.name if kind.split()[-1] == port.name else f"{port.name} · {kind}"
