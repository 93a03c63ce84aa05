"""What a person does with the shown version; long work goes on beside the page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QGuiApplication

from studio.domain.environment import EnvironmentVersion, Lock
from studio.domain.errors import InvalidError, StudioError
from studio.domain.tag_filter import TagIs, parse_filter
from studio.environments.interpreters import host_platform
from studio.gui.dialogs import Question, ask
from studio.gui.environments.editor.dialog import EnvironmentEditor
from studio.gui.environments.editor.importing import FILES
from studio.gui.files import ask_and_export, ask_for_file, show_folder
from studio.gui.works import Work
from studio.services.environments.drafts import Draft, draft_of
from studio.services.environments.news import news_of

if TYPE_CHECKING:
    from studio.environments.freshness import Freshness
    from studio.gui.environments.page import EnvironmentsPage
    from studio.services.environments.service import Built


class EnvironmentCommands:
    """The verbs of the Environments page. `question` and `editor` are the open ones."""

    def __init__(self, page: EnvironmentsPage) -> None:
        self._page = page
        self._environments, self._tasks = page.studio.environments, page.tasks
        self._services = page.services
        self.question: Question | None = None
        self.editor: EnvironmentEditor | None = None

    # -- making ---------------------------------------------------------------------

    def new(self, path: Path | None = None) -> None:
        """Write an environment; `path` is a file or folder to begin with."""
        editor = self._open(Draft())
        if path is not None:
            editor.load(path)

    def edit(self) -> None:
        """Write a new version of the shown one."""
        if version := self._page.version:
            self._open(draft_of(version))

    def mend(self, work: Work) -> None:
        """Write a version of what a work has failed of, with ways that mend it."""
        self._run(
            partial(self._environments.get, work.subject),
            lambda version: self._open(draft_of(version)).show_failure(work.error),
        )

    def create_starter(self, name: str) -> None:
        """Make an environment of what a starter declares."""
        self._run(partial(self._environments.create_starter, name), self._created)

    def ask_for_file(self) -> None:
        """Ask for a file that declares an environment."""
        window = self._page.window()
        ask_for_file(window, "New environment from a file", FILES, self.new)

    # -- long work ------------------------------------------------------------------

    def lock(self, platform: str = "") -> None:
        """Lock the shown version for the platform that is looked at."""
        if version := self._page.version:
            wanted = platform or self._page.details.lock.platform
            self._lock(version.reference, wanted)

    def relock(self) -> None:
        """Solve again: a new version where the answer differs now."""
        if version := self._page.version:
            wanted = self._page.details.lock.platform
            self.work(
                f"Lock {version.reference} again",
                version.reference,
                partial(self._environments.relock, version.reference, platform=wanted),
                partial(self._relocked, version.reference),
            )

    def build(self) -> None:
        """Make the shown version a folder of this computer; locks it if needed."""
        if version := self._page.version:
            self.work(
                f"Build {version.reference}",
                version.reference,
                partial(self._environments.build, version.reference),
                self._built,
            )

    def look_for_newer(self) -> None:
        """Ask the indexes what is known by now of the packages that are locked."""
        version, wanted = self._page.version, self._page.details.lock.platform
        lock = version.lock_for(wanted) if version else None
        if version is None or lock is None:
            return
        reference = version.reference
        title = f"Look for newer packages than {reference}"
        if self._page.works.running(title) is None:
            self._page.works.start(
                title,
                reference,
                partial(news_of, self._environments, reference, platform=wanted),
                lambda found: self._told_news(reference, lock, found),
            )

    def _told_news(self, reference: str, lock: Lock, found: Freshness) -> None:
        self._page.details.lock.show_news(lock, found)
        older = len(found.older)
        noun = (
            "package has a newer version"
            if older == 1
            else ("packages have newer versions")
        )
        words = f"{older} {noun}" if older else "Every package is the newest that fits"
        self._services.toast(f"{reference}: {words}", tone="ok")

    def show_folder(self) -> None:
        """Show the folder of the shown version, if it is built."""
        if version := self._page.version:
            self._run(partial(self._environments.built, version.reference), self._show)

    # -- what is quick --------------------------------------------------------------

    def copy_reference(self) -> None:
        if reference := self._page.details.reference:
            QGuiApplication.clipboard().setText(reference)
            self._services.toast(f"Copied {reference}")

    def archive(self) -> None:
        self._change(self._environments.archive, self._environments.restore, "Archived")

    def restore(self) -> None:
        self._change(self._environments.restore, self._environments.archive, "Restored")

    def delete(self) -> None:
        """Ask, then delete for good."""
        if reference := self._page.details.reference:
            self.question = ask(
                self._page,
                f"Delete {reference}?",
                "The version, its locks and its tags are deleted for good. A folder "
                "built from it stays for others that share it. To only hide it, "
                "archive it.",
                verb="Delete version",
                keep="Keep version",
                done=partial(self._delete, reference),
            )

    def export_csv(self) -> None:
        """Write the list as it is shown."""
        ask_and_export(
            self._page.table, self._services, "Export environments", "environments.csv"
        )

    def describe(self, reference: str, text: str) -> None:
        self._run(
            partial(self._environments.describe, reference, text),
            lambda _version: self._page.renew(),
        )

    def add_tag(self, text: str) -> None:
        """One tag, typed as `Tag=Value`; what is wrong is said at the line."""
        tags = self._page.details.about.tags
        try:
            key, value = _tag_of(text)
        except StudioError as error:
            tags.set_error(f"{error.message}. {error.hint}.")
            return
        tags.clear_line()
        reference = self._page.details.reference
        self._run(
            partial(self._environments.tag, reference, {key: value}),
            lambda _version: self._page.renew(),
        )

    def remove_tag(self, word: str) -> None:
        """Take a tag away, given as it is shown: `key=value`."""
        reference = self._page.details.reference
        key, _, value = word.partition("=")
        put_back = partial(self._environments.tag, reference, {key: value})

        def done(_version: object) -> None:
            self._page.renew()
            self._services.toast(
                f"Removed the tag {key} from {reference}",
                undo=lambda: self._run(put_back, lambda _: self._page.renew()),
            )

        self._run(partial(self._environments.untag, reference, [key]), done)

    # -- inside ---------------------------------------------------------------------

    def _lock(self, reference: str, platform: str) -> None:
        self.work(
            f"Lock {reference} for {platform}",
            reference,
            partial(self._environments.lock, reference, platform=platform),
            lambda locked: self._locked(locked, platform),
        )

    def work(
        self,
        title: str,
        subject: str,
        work: Any,
        done: Callable[[Any], object],
    ) -> None:
        """Begin long work and show its log; one that goes on is shown instead."""
        works, details = self._page.works, self._page.details
        already = works.running(title)
        if already is not None:
            details.show_log(already.log)
            return
        started = works.start(title, subject, work, done)
        details.show_log(started.log)
        self._services.actions.refresh()

    def _open(self, draft: Draft) -> EnvironmentEditor:
        page = self._page
        made = EnvironmentEditor(page.studio, page.tasks, page, draft)
        made.saved.connect(self._saved)
        made.finished.connect(self._forget_editor)
        self.editor = made
        made.open()
        return made

    def _forget_editor(self) -> None:
        self.editor = None

    def _saved(self, version: EnvironmentVersion, lock: bool) -> None:
        self._created(version)
        if lock and version.lock_for(host_platform()) is None:
            self._lock(version.reference, host_platform())

    def _created(self, version: EnvironmentVersion) -> None:
        self._services.toast(f"Created {version.reference}", tone="ok")
        self._page.show_new(version.reference)

    def show_mended(self, reference: str) -> None:
        """A version that declares what a model needs, to try the model in."""
        self._services.toast(f"Created {reference}: try the model in it", tone="ok")
        self._page.show_new(reference)

    def _locked(self, version: EnvironmentVersion, platform: str) -> None:
        lock = version.lock_for(platform)
        count = len(lock.packages) if lock else 0
        self._tell(f"Locked {version.reference}: {count} packages", version.reference)

    def _relocked(self, before: str, version: EnvironmentVersion) -> None:
        if version.reference == before:
            self._tell(f"{before} is still the newest that fits", before)
        else:
            self._tell(f"Locked anew as {version.reference}", version.reference)
            self._page.show_new(version.reference)

    def _built(self, built: Built) -> None:
        how = "stood here already" if built.local.reused else "is built"
        self._services.toast(
            f"{built.reference} {how}",
            tone="ok",
            action=("Open folder", partial(show_folder, built.local.folder)),
        )
        self._page.renew()

    def _tell(self, words: str, reference: str) -> None:
        show = partial(
            self._services.open_page, "environments", reference=reference, tab="lock"
        )
        self._services.toast(words, tone="ok", action=("Show", show))
        self._page.renew()

    def _show(self, built: Built | None) -> None:
        if built is not None:
            show_folder(built.local.folder)
        else:
            self._services.toast("It isn't built on this computer yet", tone="warn")

    def _change(
        self,
        verb: Callable[[str], EnvironmentVersion],
        back: Callable[[str], EnvironmentVersion],
        words: str,
    ) -> None:
        reference = self._page.details.reference
        if not reference:
            return

        def done(version: EnvironmentVersion) -> None:
            self._page.renew()
            self._services.toast(
                f"{words} {reference}",
                undo=lambda: self._run(
                    partial(back, reference), lambda _: self._page.renew()
                ),
            )

        self._run(partial(verb, reference), done)

    def _delete(self, reference: str) -> None:
        def done(deleted: str) -> None:
            self._services.toast(f"Deleted {deleted}")
            self._page.works.forget_all(deleted)
            self._page.renew()

        self._run(partial(self._environments.delete, reference), done)

    def _run(self, work: Callable[[], Any], done: Callable[[Any], object]) -> None:
        self._tasks.run(
            work,
            done=done,
            failed=lambda error: self._services.show_error(error),
            owner=self._page,
        )


def _tag_of(text: str) -> tuple[str, str]:
    """InvalidError if it isn't one tag."""
    terms = parse_filter(text).terms
    only = terms[0] if len(terms) == 1 else None
    if not isinstance(only, TagIs) or only.negated or len(only.values) != 1:
        raise InvalidError(
            f"'{text}' isn't a tag", hint='Write Tag=Value; quote "a value" with spaces'
        )
    return only.key, only.values[0]
