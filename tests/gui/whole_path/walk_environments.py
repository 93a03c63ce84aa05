"""Environments and images as pictures: real packages, a real engine, real builds.

What stands in the workspace was made beforehand by commands (`prepare` of
`test_environment_pictures`); here a person looks at it, types, solves and builds.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt
from walk_eyes import Eyes, cut_texts, find_cross
from walk_hand import Hand

if TYPE_CHECKING:
    from studio.gui.environments.page import EnvironmentsPage
    from studio.gui.main_window import MainWindow
    from studio.gui.theme.theme import Mode

SMALL, LARGE = (1100, 700), (1440, 900)
WRITTEN = "# What the service needs\nscikit-learn==1.5.2\nsklearn\nnumpy>=2,<1\n"
CONFLICT = "scikit-learn==1.3.2\nnumpy>=2\npandas\n"
MINUTE, LONG = 60.0, 240.0


class Environments:
    """By mouse and keys, as far as it is about what a person does."""

    def __init__(self, eyes: Eyes, pictures: Path, report: dict[str, Any]) -> None:
        self._eyes, self._hand = eyes, Hand()
        self._window: MainWindow = eyes.window  # type: ignore[assignment]
        self._pictures, self._report = pictures, report

    def environments(self) -> None:
        self._size(*LARGE)
        self._press("Environments")
        self._eyes.cell("Environments", "serving", MINUTE)
        for deed in (
            self.compare_two_versions,
            self.catch_a_wrong_package,
            self.fail_at_a_line,
            self.watch_a_build,
            self.look_at_images,
            self.mark_what_is_wrong,
            self.tell_a_conflict,
            self.refuse_a_deployment,
            self.lose_the_engine,
        ):
            print(deed.__name__, flush=True)
            deed()

    def compare_two_versions(self) -> None:
        self._choose("serving")
        self._tab("Versions")
        self._eyes.ask(lambda: self._page.details.versions.view.setCurrentIndex(1))
        self._eyes.cell("Difference of the locks", "scikit-learn")
        self._take("environment_difference")

    def catch_a_wrong_package(self) -> None:
        self._eyes.ask(lambda: self._page.details.show_version("serving:1"))
        self._tab("Twin")
        twin = self._page.details.twin
        self._eyes.until("a model", lambda: twin.models.count())
        self._press("Try")
        self._eyes.until("a report", lambda: twin.report, LONG)
        packages = "Packages declared, locked and imported"
        self._hand.click(self._eyes.cell(packages, "scikit-learn"))
        self._take("environment_twin")

    def fail_at_a_line(self) -> None:
        self._choose("scanner")
        self._hand.key("ctrl+shift+b")
        self._until_ended()
        self._tab("Declared")
        self._take("environment_dockerfile")
        self._eyes.ask(self._forget_works)

    def watch_a_build(self) -> None:
        """One that goes on for as long as the pictures take."""
        self._choose("reader")
        self._hand.key("ctrl+shift+b")
        self._eyes.until("its log", lambda: "part 6 of" in self._log(), LONG)
        self._take("environment_build_log", live=True)
        self._press("Cancel")
        self._until_ended()

    def look_at_images(self) -> None:
        self._choose("serving")
        self._hand.key("ctrl+shift+b")
        self._until_ended()
        self._tab("Images")
        self._eyes.cell("Lines of the image's Dockerfile", "ADD", MINUTE)
        self._take("environment_images")

    def mark_what_is_wrong(self) -> None:
        self._tab("Environments")
        self._hand.key("ctrl+n")
        editor = self._eyes.until("an editor", lambda: self._page.commands.editor)
        self._eyes.field("Name")
        self._hand.type("service")
        self._eyes.ask(lambda: editor.text.replace_text(WRITTEN))
        self._eyes.ask(editor.text.setFocus)
        self._eyes.until("problems", lambda: len(editor.problems) > 1)
        for name in ("light", "dark"):
            self._eyes.ask(lambda mode=name: self._mode(mode))  # type: ignore[misc]
            self._hand.key("ctrl+End")
            self._hand.type("pan")
            seen = editor.text.completer.popup().isVisible
            self._eyes.until("names", seen)
            self._picture(f"environment_editor_{name}")
            self._hand.key("Escape")
            self._hand.key("BackSpace", "BackSpace", "BackSpace")

    def tell_a_conflict(self) -> None:
        editor = self._page.commands.editor
        assert editor is not None
        self._eyes.ask(lambda: editor.text.replace_text(CONFLICT))
        self._eyes.until("no error", lambda: not editor.said.text())
        self._press("Try to solve")
        self._eyes.text("What would mend it", LONG)
        self._take("environment_conflict", small=False)
        self._press("Cancel")
        self._press("Discard")
        self._eyes.until("no editor", lambda: self._page.commands.editor is None)

    def refuse_a_deployment(self) -> None:
        self._press("Models")
        self._hand.click(self._eyes.cell("Models", "penguins"))
        self._press("Deploy")
        self._eyes.text("gets all its requests")
        box = lambda: self._box_with("serving:1")  # noqa: E731
        self._eyes.until("environments to choose from", box)
        self._eyes.ask(lambda: self._take_item(box(), "serving:1"))
        self._take("environment_choice", small=False)
        self._press("Deploy")
        self._eyes.text("saved with scikit-learn", LONG)
        self._take("environment_deploy", small=False)
        self._press("Close")

    def lose_the_engine(self) -> None:
        self._press("Environments")
        self._eyes.ask(self._page.show_images)
        print("take the engine away", flush=True)
        self._eyes.text("No Docker engine", MINUTE)
        self._take("environment_no_engine")

    # -- pictures ------------------------------------------------------------------

    def _take(self, name: str, *, live: bool = False, small: bool = True) -> None:
        """In both themes, and small; `live` of what doesn't stand still."""
        for mode in ("light", "dark"):
            self._eyes.ask(lambda wanted=mode: self._mode(wanted))  # type: ignore[misc]
            self._picture(f"{name}_{mode}", live=live)
        if not small:
            return
        self._size(*SMALL)
        self._eyes.ask(lambda: self._mode("light"))
        self._picture(f"{name}_small", live=live)
        self._size(*LARGE)

    def _picture(self, name: str, *, live: bool = False) -> None:
        while (cross := self._eyes.ask(self._toast_cross)) is not None:
            self._hand.click(cross)
            self._eyes.until("a toast less", lambda at=cross: self._toast_cross() != at)
        self._hand.away()
        file = self._pictures / f"{name}.png"
        self._eyes.picture(file, settled=not live)
        self._report["pictures"].append(file.name)
        cut = [f"{name}: {text}" for text in self._eyes.ask(lambda: [*cut_texts()])]
        self._report["facts"].setdefault("cut", []).extend(cut)

    def _toast_cross(self) -> QPoint | None:
        return find_cross() if self._window.toasts.shown else None

    def _mode(self, mode: Mode) -> None:
        self._window.appearance.set_mode(mode)

    # -- small verbs ---------------------------------------------------------------

    @property
    def _page(self) -> EnvironmentsPage:
        return self._window.page  # type: ignore[return-value]

    def _press(self, name: str) -> None:
        self._hand.click(self._eyes.button(name))

    def _tab(self, words: str) -> None:
        self._hand.click(self._eyes.tab(words))

    def _choose(self, name: str) -> None:
        self._hand.click(self._eyes.tab("Environments"))
        self._hand.click(self._eyes.cell("Environments", name))
        shown = lambda: self._page.details.reference.startswith(f"{name}:")  # noqa: E731
        self._eyes.until(name, shown)

    def _log(self) -> str:
        return self._page.details.log.view.text()

    def _until_ended(self) -> None:
        works = self._page.works
        ended: Callable[[], bool] = lambda: not any(w.goes_on for w in works.all)  # noqa: E731
        self._eyes.until("work", lambda: bool(works.all))
        self._eyes.until("its end", ended, LONG)

    def _forget_works(self) -> None:
        for work in self._page.works.all:
            self._page.works.forget(work)

    def _box_with(self, words: str) -> Any:
        from PySide6.QtWidgets import QComboBox
        from walk_eyes import _shown

        contains = Qt.MatchFlag.MatchContains
        boxes = (b for b in _shown(QComboBox) if b.findText(words, contains) >= 0)
        return next(boxes, None)

    def _take_item(self, box: Any, words: str) -> None:
        box.setCurrentIndex(box.findText(words, Qt.MatchFlag.MatchContains))
        box.activated.emit(box.currentIndex())

    def _size(self, width: int, height: int) -> None:
        self._eyes.ask(lambda: self._window.resize(width, height))
        self._eyes.until_size(width, height)
