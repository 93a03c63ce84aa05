"""The whole path of a newcomer: from a pipeline over data to a prediction and back."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from walk_canvas import Canvas
from walk_eyes import Eyes, find_cross
from walk_hand import Hand

TITLE = "Penguins: predict the species"
STEPS = 7
DONE, TAKEN_OVER, OLD = "Succeeded", "Reused", "Out of date"
ENDPOINT = "penguins"
SMALL, LARGE = (1100, 700), (1440, 900)


class Walk:
    """Each verb is what a person does, and ends when its effect is in sight."""

    def __init__(self, eyes: Eyes, pictures: Path, report: dict[str, Any]) -> None:
        self.eyes, self.hand, self.canvas = eyes, Hand(), Canvas(eyes)
        self.facts: dict[str, Any] = report["facts"]
        self._pictures, self._report = pictures, report
        self._theme, self._begun = "light", time.monotonic()

    # -- the three scenarios -------------------------------------------------------

    def whole(self) -> None:
        for deed in (
            self.see_the_sample,
            self.run_it,
            self.look_at_an_output,
            self.change_a_parameter_and_run_again,
            self.read_why_in_the_run,
            self.add_connect_and_undo,
            self.clone_and_go_back,
            self.find_the_model,
            self.deploy_it,
            self.send_a_request,
            self.take_more_pictures,
            self.turn_dark,
            self.fail_to_delete_the_model,
            self.delete_the_endpoint,
            self.read_the_activity,
        ):
            self.milestone(deed)

    def start(self) -> None:
        """Start a run, and say so while it is in the middle of its steps."""
        self.canvas.until_all({"Not run"}, STEPS)
        self.press("Run")
        self.canvas.until_some(DONE, "Running", "Waiting")
        print("in mid-run", flush=True)
        self.eyes.until("the end of this process", lambda: False, 120)

    def find(self) -> None:
        """At the next start, the run that outlived its window."""
        self.milestone(self.see_the_run_that_went_on)

    def milestone(self, deed: Callable[[], None]) -> None:
        name = deed.__name__.replace("_", " ")
        print(f"{name} ...", end="", flush=True)
        deed()
        took = round(time.monotonic() - self._begun, 1)
        self._report["milestones"].append([name, took])
        print(f" at {took} s", flush=True)

    # -- pipelines -----------------------------------------------------------------

    def see_the_sample(self) -> None:
        self.canvas.until_all({"Not run"}, STEPS)
        self.eyes.text("Database ready")

    def run_it(self) -> None:
        self.press("Run")
        self.canvas.until_some(DONE, "Running")
        self.picture("designer_running", settled=False)
        self.canvas.until_all({DONE}, STEPS)
        self.eyes.text("Run succeeded")
        self.facts["first_run"] = self.canvas.states()

    def look_at_an_output(self) -> None:
        self.hand.click(self.canvas.card("Split 75 / 25"))
        self.tab("Output")
        self.eyes.cell("Rows", "Gentoo")
        self.facts["output_rows"] = len(self.eyes.rows("Rows"))
        self.close_toasts()
        self.picture("output")

    def change_a_parameter_and_run_again(self) -> None:
        self.hand.click(self.canvas.card("Train random forest"))
        self.type_over("N estimators", "40")
        self.canvas.until_some(OLD)
        self.press("Run")
        self.canvas.until_all({DONE, TAKEN_OVER}, STEPS)
        self.eyes.text("Run succeeded")
        self.facts["second_run"] = {
            card.title: card.state for card in self.canvas.cards().values()
        }
        self.close_toasts()
        self.picture("designer")
        self.small_picture("designer")

    def add_connect_and_undo(self) -> None:
        self.page("Pipelines")
        before = self.canvas.wires()
        self.hand.drag(self.canvas.component("Encode categories"), self.canvas.room())
        self.canvas.until_count(STEPS + 1)
        self.hand.drag(
            self.canvas.port("Split 75 / 25", "out", "test"),
            self.canvas.port("Encode categories", "in", "data"),
        )
        self.canvas.until_wires(before + 1)
        self.facts["wires"] = [before, self.canvas.wires()]
        self.hand.key("ctrl+z")
        self.canvas.until_wires(before)
        self.hand.key("ctrl+z")
        self.canvas.until_count(STEPS)

    def clone_and_go_back(self) -> None:
        self.press("Clone")
        self.facts["clone"] = self.eyes.text(f"Copy of {TITLE}")
        self.canvas.until_count(STEPS)
        self.press("Switch pipeline")
        self.hand.click(self.eyes.menu_item(TITLE))
        self.eyes.gone("Copy of")
        self.canvas.until_count(STEPS)

    # -- runs ----------------------------------------------------------------------

    def read_why_in_the_run(self) -> None:
        self.page("Runs")
        self.hand.click(self.eyes.cell("Runs", DONE))
        self.eyes.cell("Steps of the run", TAKEN_OVER)
        self.facts["steps"] = self.eyes.rows("Steps of the run")
        self.close_toasts()
        self.picture("runs")

    def see_the_run_that_went_on(self) -> None:
        self.page("Runs")
        self.hand.click(self.eyes.cell("Runs", DONE))
        self.eyes.until_rows("Steps of the run", STEPS)
        self.eyes.gone("Running")
        self.facts["runs"] = self.eyes.rows("Runs")
        self.facts["steps"] = self.eyes.rows("Steps of the run")

    # -- models and endpoints ------------------------------------------------------

    def find_the_model(self) -> None:
        self.page("Models")
        self.hand.click(self.eyes.field("Filter models"))
        self.hand.type("sample=penguins")
        self.hand.key("Return")
        self.eyes.text("sample=penguins")
        self.eyes.until_rows("Models", 2)
        self.hand.click(self.eyes.cell("Models", "penguins"))
        self.facts["models"] = self.eyes.rows("Models")
        self.close_toasts()
        self.picture("models")
        self.small_picture("models")

    def deploy_it(self) -> None:
        self.press("Deploy")
        self.eyes.text("gets all its requests")
        self.picture("deploy")
        self.press("Deploy")
        self.press("Send a request", seconds=60)
        self.eyes.cell("Endpoints", "Serving")
        self.facts["endpoints"] = self.eyes.rows("Endpoints")

    def send_a_request(self) -> None:
        self.page("Models")
        self.page("Endpoints")
        self.tab("Test")
        self.press("Send")
        self.facts["answer"] = self.eyes.text("Adelie")
        self.close_toasts()
        self.picture("endpoint_test")

    def fail_to_delete_the_model(self) -> None:
        self.page("Models")
        self.hand.click(self.eyes.cell("Models", "Serving"))
        self.press("Delete model…")
        self.press("Delete model")
        self.facts["refusal"] = self.eyes.text("deployed")
        self.picture("models_refused")
        self.press("Show endpoint")

    def delete_the_endpoint(self) -> None:
        self.press(f"Delete endpoint {ENDPOINT}")
        self.press("Delete endpoint")
        self.eyes.text("No endpoints yet")

    def read_the_activity(self) -> None:
        self.page("Activity")
        self.eyes.cell("Activity", "Endpoint deleted")
        self.facts["activity"] = self.eyes.rows("Activity")[:12]
        self.press("Verify")
        self.facts["verified"] = self.eyes.text("events are as they were written")

    # -- pictures ------------------------------------------------------------------

    def take_more_pictures(self) -> None:
        """Pages that need no deed of their own."""
        self.page("Home")
        self.eyes.text("Ready")
        self.close_toasts()
        self.picture("home")
        self.page("Activity")
        self.eyes.cell("Activity", "Endpoint made")
        self.picture("activity")
        self.page("Pipelines")
        self.hand.key("ctrl+shift+p")
        self.hand.type("run")
        self.picture("palette")
        self.hand.key("Escape")

    def turn_dark(self) -> None:
        """The other theme, by the mouse; then the same pages again."""
        self.press("Settings")
        self.hand.click(self.eyes.menu_item("Dark theme"))
        self._theme = "dark"
        self.take_more_pictures()
        self.hand.click(self.canvas.card("Train random forest"))
        self.picture("designer")
        self.small_picture("designer")
        self.hand.click(self.canvas.card("Split 75 / 25"))
        self.eyes.cell("Rows", "Gentoo")
        self.picture("output")
        self.page("Endpoints")
        self.picture("endpoint_test")
        self.page("Runs")
        self.picture("runs")
        self.page("Models")
        self.hand.click(self.eyes.cell("Models", "Serving"))
        self.picture("models")
        self.small_picture("models")
        self.press("Deploy")
        self.eyes.text("Starts beside")
        self.picture("deploy")
        self.press("Cancel")
        self.run_once_more_in_the_dark()

    def run_once_more_in_the_dark(self) -> None:
        self.page("Pipelines")
        self.hand.click(self.canvas.card("Train random forest"))
        self.type_over("N estimators", "60")
        self.canvas.until_some(OLD)
        self.press("Run")
        self.canvas.until_some(TAKEN_OVER, "Running")
        self.picture("designer_running", settled=False)
        self.canvas.until_all({DONE, TAKEN_OVER}, STEPS)

    def small_picture(self, name: str) -> None:
        """The window as small as a laptop shows it, then large again."""
        self.hand.resize(self.eyes.window_id, *SMALL)
        self.eyes.until_size(*SMALL)
        self.picture(f"{name}_small")
        self.hand.resize(self.eyes.window_id, *LARGE)
        self.eyes.until_size(*LARGE)

    def picture(self, name: str, *, settled: bool = True) -> None:
        file = self._pictures / f"{name}_{self._theme}.png"
        if settled:
            self.hand.away()
        self.eyes.picture(file, settled=settled)
        self._report["pictures"].append(file.name)

    # -- small verbs ---------------------------------------------------------------

    def press(self, name: str, *, seconds: float = 30) -> None:
        self.hand.click(self.eyes.button(name, seconds))

    def tab(self, words: str) -> None:
        self.hand.click(self.eyes.tab(words))

    def page(self, name: str) -> None:
        """Go to a page by its button in the rail."""
        self.press(name)

    def type_over(self, field: str, text: str) -> None:
        """Replace what a field holds."""
        self.hand.click(self.eyes.field(field), times=3)
        self.hand.type(text)

    def close_toasts(self) -> None:
        """Press the cross of every toast, so that none is in a picture."""
        while (cross := self.eyes.ask(find_cross)) is not None:
            self.hand.click(cross)
            self.eyes.until("a toast less", lambda at=cross: find_cross() != at)
