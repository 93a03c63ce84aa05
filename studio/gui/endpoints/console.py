"""The request console: write a request, send it, read the answer, copy it as code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from studio.domain.endpoint import DeploymentState, Endpoint, ScoringAnswer
from studio.gui.endpoints.answer_view import AnswerView
from studio.gui.endpoints.exchange import Exchange
from studio.gui.endpoints.facts import can_answer, serving_deployment
from studio.gui.endpoints.request_editor import RequestEditor
from studio.gui.endpoints.snippets import Language, masked, snippet
from studio.gui.tasks import Task, Tasks

if TYPE_CHECKING:
    from studio.bootstrap import Studio

KEPT = 20
Say = Callable[[str], Any]
_ANSWERING = (DeploymentState.RUNNING, DeploymentState.UNHEALTHY)


class Console(QWidget):
    """`exchanged(endpoint name)` after each answer. What is written, answered and
    remembered belongs to one endpoint and comes back with it."""

    exchanged = Signal(str)

    def __init__(
        self, studio: Studio, tasks: Tasks, say: Say, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._studio, self._tasks, self._say = studio, tasks, say
        self._endpoint: Endpoint | None = None
        self._drafts: dict[str, str] = {}
        self._history: dict[str, list[Exchange]] = {}
        self._keys: dict[str, str | None] = {}
        self._offered: dict[str, str] = {}
        self._sending: Task | None = None
        self.request = RequestEditor()
        self.answer = AnswerView()
        self.request.send_wanted.connect(self.send)
        self.request.sample_wanted.connect(self.fill_sample)
        self.request.edited.connect(self._keep_draft)
        self.answer.copy_wanted.connect(self.copy_as)
        self.answer.picked.connect(self._repeat)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.request)
        split.addWidget(self.answer)
        split.setSizes([500, 500])
        split.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(split)

    # -- what is shown ----------------------------------------------------------------

    def show_endpoint(self, endpoint: Endpoint) -> None:
        """Show an endpoint's console, or its new state."""
        other = self._endpoint is None or self._endpoint.name != endpoint.name
        news = self._endpoint is None or self._endpoint.state != endpoint.state
        self._endpoint = endpoint
        ready = [d.name for d in endpoint.deployments if d.state in _ANSWERING]
        self.request.set_deployments(ready)
        if other:
            self._switch(endpoint.name)
        if other or news:
            self._read_key(endpoint.name)
        self._offer_sample(endpoint)
        self._show_sendable()

    def last_milliseconds(self, name: str) -> float | None:
        """The latency of the last request sent to an endpoint from here."""
        sent = self._history.get(name, [])
        return sent[0].milliseconds if sent else None

    def forget(self, name: str) -> None:
        """The endpoint is gone."""
        for kept in (self._drafts, self._history, self._keys, self._offered):
            kept.pop(name, None)

    # -- verbs ------------------------------------------------------------------------

    def send(self) -> None:
        """Send what is written; the window stays free to use meanwhile."""
        endpoint = self._endpoint
        busy = self._sending is not None
        if endpoint is None or busy or not self.request.send.isEnabled():
            return
        deployment, text = self.request.chosen_deployment(), self.request.text()
        begun = Exchange(datetime.now(UTC), text, deployment)
        self.answer.show_sending()
        self._sending = self._tasks.run(
            partial(
                self._studio.endpoints.invoke,
                endpoint.name,
                self.request.body(),
                deployment=deployment,
            ),
            done=partial(self._answered, endpoint.name, begun),
            failed=partial(self._unanswered, endpoint.name, begun),
            owner=self,
        )
        self._show_sendable()

    def fill_sample(self) -> None:
        """Write a request the model would accept, made from its own example."""
        endpoint = self._endpoint
        serving = serving_deployment(endpoint) if endpoint is not None else None
        if endpoint is None or serving is None or not serving.model:
            self._say("A scoring script has no signature to make a sample from")
            return
        self._tasks.run(
            partial(self._studio.endpoints.sample_request, serving.model),
            done=partial(self._take_sample, endpoint.name, asked=True),
            owner=self,
        )

    def copy_as(self, language: Language, with_key: bool) -> None:
        """Put the request on the clipboard as code."""
        endpoint = self._endpoint
        if endpoint is None:
            return
        key = (self._keys.get(endpoint.name) or "") if with_key else ""
        uri = endpoint.scoring_uri or "http://127.0.0.1:PORT/score"
        text = snippet(language, uri, self.request.text(), key)
        QGuiApplication.clipboard().setText(text)
        self._say(
            "Copied, with the key in it"
            if key
            else "Copied; the key is read from ENDPOINT_KEY"
        )

    # -- inside -----------------------------------------------------------------------

    def _switch(self, name: str) -> None:
        if self._sending is not None:
            self._sending.cancel()
            self._sending = None
        self.request.show_table(False)
        self.request.set_text(self._drafts.get(name, ""))
        history = self._history.get(name, [])
        self.answer.show_history(history)
        if history:
            self.answer.show_exchange(history[0], self._masked(name))
        else:
            self.answer.show_nothing()

    def _offer_sample(self, endpoint: Endpoint) -> None:
        """Once for each model, and only where nothing is written."""
        serving = serving_deployment(endpoint)
        offered = self._offered.get(endpoint.name)
        if serving is None or not serving.model or offered == serving.model:
            return
        self._offered[endpoint.name] = serving.model
        if not self.request.text().strip():
            self._tasks.run(
                partial(self._studio.endpoints.sample_request, serving.model),
                done=partial(self._take_sample, endpoint.name, asked=False),
                failed=lambda error: None,
                owner=self,
            )

    def _take_sample(self, name: str, sample: bytes | None, asked: bool) -> None:
        if self._endpoint is None or self._endpoint.name != name:
            return
        if sample is None:
            if asked:
                self._say("This model says nothing of its inputs; write the request")
            return
        if asked or not self.request.text().strip():
            self.request.set_text(sample.decode())
            self.request.tidy()

    def _read_key(self, name: str) -> None:
        self.answer.set_key_known(bool(self._keys.get(name)))
        self._tasks.run(
            partial(self._studio.endpoints.key, name),
            done=partial(self._take_key, name),
            failed=lambda error: None,
            owner=self,
        )

    def _take_key(self, name: str, key: str | None) -> None:
        self._keys[name] = key
        if self._endpoint is not None and self._endpoint.name == name:
            self.answer.set_key_known(bool(key))

    def _masked(self, name: str) -> str:
        return masked(self._keys.get(name))

    def _keep_draft(self) -> None:
        if self._endpoint is not None:
            self._drafts[self._endpoint.name] = self.request.text()
            self._show_sendable()

    def _answered(self, name: str, begun: Exchange, answer: ScoringAnswer) -> None:
        served_by = answer.headers.get("azureml-model-deployment", "")
        deployment = begun.deployment or served_by
        self._ended(name, Exchange(begun.sent_at, begun.body, deployment, answer))

    def _unanswered(self, name: str, begun: Exchange, error: BaseException) -> None:
        hint = getattr(error, "hint", "")
        self._ended(
            name,
            Exchange(
                begun.sent_at, begun.body, begun.deployment, None, str(error), hint
            ),
        )

    def _ended(self, name: str, exchange: Exchange) -> None:
        self._sending = None
        history = [exchange, *self._history.get(name, [])][:KEPT]
        self._history[name] = history
        self.answer.show_exchange(exchange, self._masked(name))
        self.answer.show_history(history)
        self.answer.tabs.setCurrentIndex(0)
        self._show_sendable()
        self.exchanged.emit(name)

    def _repeat(self, exchange: Exchange) -> None:
        """Bring a request of the history back, with its answer."""
        self.request.set_text(exchange.body)
        if self._endpoint is not None:
            self.answer.show_exchange(exchange, self._masked(self._endpoint.name))
            self.answer.tabs.setCurrentIndex(0)

    def _show_sendable(self) -> None:
        ready = self._endpoint is not None and can_answer(self._endpoint)
        written = bool(self.request.text().strip())
        # Not while it sends: a disabled button hands the focus to its neighbour.
        self.request.send.setEnabled(ready and written)
        self.request.send.setText("Sending…" if self._sending is not None else "Send")
        tip = "Send the request (Ctrl+Enter)"
        self.request.send.setToolTip(tip if ready else "Nothing answers here yet")
