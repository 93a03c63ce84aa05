"""What a person does with images: build, clean up, and move them as files."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.domain.container_engine import EngineContext, EngineImage
from studio.environments.image_build import BuiltImage
from studio.environments.images import CleanUp
from studio.gui.actions import Action
from studio.gui.dialogs import Question, ask
from studio.gui.files import ask_for_file, ask_where_to_write, show_folder
from studio.gui.widgets.formats import format_bytes

if TYPE_CHECKING:
    from studio.gui.environments.page import EnvironmentsPage

MOST_NAMED = 8
MENU = (("environments.export_image",), ("environments.remove_image",))
TARS = "Images (*.tar *.tar.gz);;All files (*)"


class ImageCommands:
    """The verbs about images. `question` is the open one."""

    def __init__(self, page: EnvironmentsPage) -> None:
        self._page = page
        self._images, self._services = page.studio.images, page.services
        self.question: Question | None = None

    def verbs(self) -> list[Action]:
        page = self._page
        return [
            Action(
                "environments.build_image",
                "Build image",
                icon="stack",
                shortcut="Ctrl+Shift+B",
                category="Run",
                callback=self.build,
                enabled=lambda: page.version is not None,
            ),
            Action(
                "environments.images",
                "Show images",
                icon="stack",
                callback=page.show_images,
            ),
            Action(
                "environments.clean_up",
                "Remove images that nothing uses…",
                icon="broom",
                category="Edit",
                callback=self.clean_up,
                enabled=self._has_engine,
            ),
            Action(
                "environments.remove_image",
                "Remove image…",
                icon="trash",
                category="Edit",
                callback=self.remove,
                enabled=self._has_image,
            ),
            Action(
                "environments.export_image",
                "Export image to a file…",
                icon="export",
                category="File",
                callback=self.ask_to_export,
                enabled=self._has_image,
            ),
            Action(
                "environments.import_image",
                "Import image from a file…",
                icon="download-simple",
                category="File",
                callback=self.ask_to_import,
            ),
        ]

    def build(self) -> None:
        """Build the image of the shown version; locks it if needed."""
        if version := self._page.version:
            self._page.commands.work(
                f"Build the image of {version.reference}",
                version.reference,
                partial(self._images.build, version.reference, context=self._context),
                partial(self._built, version.reference),
            )

    def clean_up(self) -> None:
        """Say what would go, ask, then remove it."""
        self._page.tasks.run(
            partial(self._images.clean_up, trial=True, context=self._context),
            done=self._ask,
            failed=lambda error: self._services.show_error(error),
            owner=self._page,
        )

    def remove(self) -> None:
        """Ask, then remove the chosen image; say who uses it where somebody does."""
        image = self._page.images.image
        if image is None:
            return
        if image.used_by:
            users = ", ".join(image.used_by)
            self._services.toast(
                f"{image.name} stays: it is used by {users}. Stop or remove that first",
                tone="warn",
                key=image.id,
            )
            return
        self.question = ask(
            self._page,
            f"Remove the image of {image.made_of or image.name}?",
            f"{image.name} takes {format_bytes(image.size_bytes)}; layers that other "
            "images share stay. It can be built again.",
            verb="Remove image",
            keep="Keep image",
            done=partial(self._remove, image),
        )

    def ask_to_export(self) -> None:
        """Ask where, then write the chosen image as one file."""
        if image := self._page.images.image:
            ask_where_to_write(
                self._page.window(),
                "Export image",
                f"{image.name.replace('/', '-').replace(':', '-')}.tar",
                partial(self.export, image.name),
                TARS,
            )

    def export(self, image: str, file: Path) -> None:
        """Write an image as one file."""
        self._start(
            f"Export {image}",
            partial(self._images.export, image, file, context=self._context),
            lambda path: self._services.toast(
                f"Exported {image}",
                tone="ok",
                action=("Open folder", partial(show_folder, path)),
            ),
        )

    def ask_to_import(self) -> None:
        """Ask for a file that holds an image."""
        ask_for_file(self._page.window(), "Import image", TARS, self.import_from)

    def import_from(self, file: Path) -> None:
        """Load an image from a file."""
        self._start(
            f"Import {file.name}",
            partial(self._images.import_from, file, context=self._context),
            lambda tags: self._services.toast(
                f"Imported {', '.join(tags) or 'the image'}", tone="ok"
            ),
        )

    def _start(self, title: str, work: Any, told: Any) -> None:
        def done(result: Any) -> None:
            told(result)
            self._page.images.reload()

        self._page.works.start_once(title, "", work, done)

    def _built(self, reference: str, _image: BuiltImage) -> None:
        self._services.toast(
            f"The image of {reference} is built",
            tone="ok",
            action=("Show images", self._page.show_images),
        )
        self._page.images.reload()

    def _ask(self, trial: CleanUp) -> None:
        if not trial.removed:
            self._services.toast(
                "Nothing to remove: every image made here is in use, and others stay"
            )
            return
        names = [each.name for each in trial.removed]
        listed = ", ".join(names[:MOST_NAMED])
        more = f" and {len(names) - MOST_NAMED} more" if names[MOST_NAMED:] else ""
        noun = "1 image" if len(names) == 1 else f"{len(names)} images"
        self.question = ask(
            self._page,
            f"Remove {noun}?",
            f"Nothing uses {listed}{more}: at most {format_bytes(trial.freed_bytes)}, "
            "less what other images share. Images that weren't made here stay.",
            verb=f"Remove {noun}",
            keep="Keep it" if len(names) == 1 else "Keep them",
            done=self._clean_up,
        )

    def _clean_up(self) -> None:
        def done(cleaned: CleanUp) -> None:
            freed = format_bytes(cleaned.freed_bytes)
            count = len(cleaned.removed)
            noun = "1 image" if count == 1 else f"{count} images"
            self._services.toast(f"Removed {noun}, {freed} freed", tone="ok")
            self._page.images.reload()

        self._page.tasks.run(
            partial(self._images.clean_up, context=self._context),
            done=done,
            failed=lambda error: self._services.show_error(error),
            owner=self._page,
        )

    def _remove(self, image: EngineImage) -> None:
        def done(removed: EngineImage) -> None:
            self._services.toast(f"Removed {removed.name}", tone="ok")
            self._page.images.reload()

        self._page.tasks.run(
            partial(self._images.remove, image.id, self._context),
            done=done,
            failed=self._services.show_error,
            owner=self._page,
        )

    @property
    def _context(self) -> EngineContext | None:
        """The engine that the Images tab looks at."""
        return self._page.images.context

    def _has_image(self) -> bool:
        return self._page.images.image is not None

    def _has_engine(self) -> bool:
        facts = self._page.images.facts
        return facts is not None and facts.state.found
