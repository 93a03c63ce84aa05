"""What can be done to endpoints and deployments, each in a worker thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from studio.domain.endpoint import Endpoint
from studio.gui.dialogs import ask
from studio.gui.page import WindowServices
from studio.gui.tasks import Tasks

if TYPE_CHECKING:
    from studio.bootstrap import Studio


class EndpointVerbs(QObject):
    """`pending` holds the state to show for those being changed right now."""

    changed = Signal()

    def __init__(
        self, studio: Studio, tasks: Tasks, window: WindowServices, page: QWidget
    ) -> None:
        super().__init__(page)
        self._studio, self._tasks, self._services = studio, tasks, window
        self._page = page
        self.pending: dict[str, str] = {}

    def do(self, verb: str, endpoint: Endpoint) -> None:
        """start, stop, delete or copy_address."""
        match verb:
            case "start":
                self.start(endpoint.name)
            case "stop":
                self.stop(endpoint.name)
            case "delete":
                self._ask_delete(endpoint)
            case "copy_address":
                QGuiApplication.clipboard().setText(endpoint.scoring_uri)
                self._services.toast("Copied the address")

    def do_deployment(self, verb: str, endpoint: Endpoint, deployment: str) -> None:
        """traffic, redeploy or delete."""
        match verb:
            case "traffic":
                self._move_traffic(endpoint, deployment)
            case "redeploy":
                self._redeploy(endpoint.name, deployment)
            case "delete":
                self._ask_delete_deployment(endpoint, deployment)

    def start(self, name: str) -> None:
        """Start serving again."""
        self._run(name, "STARTING", partial(self._studio.endpoints.start, name))

    def stop(self, name: str) -> None:
        """Stop serving, with a way back."""
        self._run(
            name,
            "STOPPING",
            partial(self._studio.endpoints.stop, name),
            lambda: self._services.toast(
                f"Stopped {name}", action=("Start", partial(self.start, name))
            ),
        )

    def _move_traffic(self, endpoint: Endpoint, deployment: str) -> None:
        before = dict(endpoint.traffic)
        name = endpoint.name
        put = self._studio.endpoints.set_traffic
        back = partial(self._run, name, "", partial(put, name, before))
        self._run(
            name,
            "",
            partial(put, name, {deployment: 100}),
            lambda: self._services.toast(
                f"{deployment} gets all requests of {name} now", undo=back
            ),
        )

    def _redeploy(self, name: str, deployment: str) -> None:
        self._run(
            name,
            "STARTING",
            partial(_redeploy, self._studio, name, deployment),
            lambda: self._services.toast(f"Starting {deployment} anew"),
        )

    def _ask_delete(self, endpoint: Endpoint) -> None:
        name = endpoint.name
        delete = partial(self._studio.endpoints.delete, name)
        said = partial(self._services.toast, f"Deleted {name}")
        ask(
            self._page,
            f"Delete the endpoint {name}?",
            f"{_what_goes(endpoint)} Programs that call it get no answer. The models "
            "stay in the registry.",
            verb="Delete endpoint",
            done=partial(self._run, name, "STOPPING", delete, said),
        )

    def _ask_delete_deployment(self, endpoint: Endpoint, deployment: str) -> None:
        name = endpoint.name
        delete = partial(self._studio.endpoints.delete_deployment, name, deployment)
        said = partial(self._services.toast, f"Deleted {deployment}")
        ask(
            self._page,
            f"Delete the deployment {deployment}?",
            f"Its process ends and its log goes. {name} and the model stay.",
            verb="Delete deployment",
            done=partial(self._run, name, "", delete, said),
        )

    def _run(
        self,
        name: str,
        meanwhile: str,
        work: Callable[[], object],
        then: Callable[[], object] | None = None,
    ) -> None:
        if meanwhile:
            self.pending[name] = meanwhile
        self.changed.emit()
        self._tasks.run(
            work,
            done=lambda _: self._done(name, then),
            failed=lambda error: self._failed(name, error),
            owner=self,
        )

    def _done(self, name: str, then: Callable[[], object] | None) -> None:
        self.pending.pop(name, None)
        self.changed.emit()
        if then is not None:
            then()

    def _failed(self, name: str, error: BaseException) -> None:
        self.pending.pop(name, None)
        self.changed.emit()
        self._services.show_error(error)


def _redeploy(studio: Studio, endpoint: str, deployment: str) -> None:
    studio.endpoints.deploy(studio.endpoints.spec(endpoint, deployment))


def _what_goes(endpoint: Endpoint) -> str:
    names = [deployment.name for deployment in endpoint.deployments]
    if not names:
        return "Its address and keys are gone for good."
    listed = ", ".join(names)
    return f"Its address, its keys and what is deployed ({listed}) are gone for good."
