"""One node editor from PyPI with the bench's graph, in a process of its own.

python other_editors.py NAME STEPS      prints one line of JSON
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")
sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.frames import VIEW, frames, milliseconds, pan, there_and_back

COLUMNS, ACROSS, DOWN = 25, 264.0, 112.0
Opened = tuple[Any, Callable[[float], object], object]
"""The view, how its first node is moved sideways, and what must be kept alive."""


def place(number: int) -> tuple[float, float]:
    row, column = divmod(number, COLUMNS)
    return (column * ACROSS, row * DOWN)


def wires(steps: int) -> list[tuple[int, int, int]]:
    """From, to, which input."""
    beside = [(n - 1, n, 0) for n in range(1, steps)]
    return beside + [(n - COLUMNS, n, 1) for n in range(COLUMNS, steps)]


def node_graph(module: str, steps: int) -> Opened:
    library = __import__(module)

    class Step(library.BaseNode):  # type: ignore[name-defined,misc]
        __identifier__ = "bench"
        NODE_NAME = "step"

        def __init__(self) -> None:
            super().__init__()
            self.add_input("t1")
            self.add_input("t2")
            self.add_output("result", multi_output=True)

    graph = library.NodeGraph()
    graph.register_node(Step)
    nodes = [
        graph.create_node("bench.Step", pos=place(n), selected=False, push_undo=False)
        for n in range(steps)
    ]
    for source, target, port in wires(steps):
        nodes[target].set_input(port, nodes[source].output(0))
    first = nodes[0].view
    move = lambda by: first.setPos(first.x() + by, first.y())  # noqa: E731
    return graph.viewer(), move, (graph, nodes)


def flow_editor(steps: int) -> Opened:
    import qtpynodeeditor as library
    from PySide6.QtCore import QPointF

    class Step(library.NodeDataModel):  # type: ignore[misc]
        name = caption = "step"
        num_ports = {"input": 2, "output": 1}
        data_type = library.NodeDataType("table", "table")

        def out_data(self, port: int) -> None:
            return None

        def set_in_data(self, data: object, port: object) -> None:
            pass

        def embedded_widget(self) -> None:
            return None

    registry = library.DataModelRegistry()
    registry.register_model(Step)
    scene = library.FlowScene(registry=registry)
    view = library.FlowView(scene)
    nodes = [scene.create_node(Step) for _ in range(steps)]
    for number, node in enumerate(nodes):
        node.graphics_object.setPos(QPointF(*place(number)))
    for source, target, port in wires(steps):
        scene.create_connection(
            nodes[source]["output"][0], nodes[target]["input"][port]
        )
    first = nodes[0].graphics_object
    move = lambda by: first.setPos(first.pos() + QPointF(by, 0))  # noqa: E731
    return view, move, (registry, scene, nodes)


def flowchart(steps: int) -> Opened:
    from pyqtgraph.flowchart import Flowchart, Node

    chart = Flowchart(terminals={})
    ends = {"t1": {"io": "in"}, "t2": {"io": "in"}, "result": {"io": "out"}}
    nodes = [Node(f"step_{n}", terminals=ends) for n in range(steps)]
    for number, node in enumerate(nodes):
        chart.addNode(node, node.name(), list(place(number)))
    for source, target, port in wires(steps):
        chart.connectTerminals(nodes[source]["result"], nodes[target][f"t{port + 1}"])
    widget = chart.widget().chartWidget
    view = widget.view
    first = nodes[0].graphicsItem()
    move = lambda by: first.setPos(first.x() + by, first.y())  # noqa: E731
    return view, move, (chart, widget, nodes)


EDITORS: dict[str, Callable[[int], Opened]] = {
    "NodeGraphQt": lambda steps: node_graph("NodeGraphQt", steps),
    "OdenGraphQt": lambda steps: node_graph("OdenGraphQt", steps),
    "qtpynodeeditor": flow_editor,
    "pyqtgraph flowchart": flowchart,
}


def measure(name: str, steps: int) -> dict[str, float]:
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QApplication, QGraphicsView

    app = QApplication.instance() or QApplication([])
    found: list[Opened] = []
    took = milliseconds(lambda: found.append(EDITORS[name](steps)))
    view, move, _ = found[0]
    view.resize(*VIEW)
    shown = milliseconds(lambda: (view.show(), view.grab()))
    app.processEvents()
    # The flowchart's view has a way of its own to move, which no event asks for.
    whole = name == "pyqtgraph flowchart"

    def drawn(change: Callable[[int], object]) -> Callable[[int], object]:
        return (lambda n: (change(n), view.grab())) if whole else change

    area = QGraphicsView.scene(view).itemsBoundingRect()  # some take the name away
    view.fitInView(area, Qt.AspectRatioMode.KeepAspectRatio)
    view.grab()
    return {
        "open": took + shown,
        "pan": frames(view, drawn(pan(view)), 10),
        "zoom": frames(
            view,
            drawn(
                lambda n: view.scale(
                    1.01 ** there_and_back(n), 1.01 ** there_and_back(n)
                )
            ),
            10,
        ),
        "drag": frames(view, lambda n: move(8.0 * there_and_back(n)), 10),
    }


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))), flush=True)
    os._exit(0)
