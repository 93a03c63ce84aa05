"""What to deploy and where: model, names, and what only some need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from studio.domain.endpoint import DeploymentSpec, Endpoint, check_endpoint_name
from studio.domain.environment import EnvironmentVersion
from studio.domain.errors import InvalidError
from studio.domain.model import ModelVersion
from studio.gui.endpoints.facts import suggested_deployment, suggested_endpoint
from studio.gui.endpoints.model_chooser import ModelChooser
from studio.gui.tasks import Tasks
from studio.gui.widgets.banner import Banner
from studio.gui.widgets.basics import column, label, wrap_in
from studio.gui.widgets.field import FieldSpec
from studio.gui.widgets.form import Form

if TYPE_CHECKING:
    from studio.bootstrap import Studio

THIS_COMPUTER = "This computer"
STUDIO_PACKAGES = "None: the studio's own packages"
_PORTS = (1024, 65535)
_SPECS = (
    FieldSpec(
        "endpoint",
        "Endpoint",
        kind="column",
        required=True,
        placeholder="A new name, or an endpoint that exists",
    ),
    FieldSpec("deployment", "Deployment", required=True, placeholder="blue"),
    FieldSpec(
        "target",
        "Runs on",
        kind="choice",
        choices=(THIS_COMPUTER,),
        default=THIS_COMPUTER,
        help="A process of its own that only this computer can reach.",
    ),
    FieldSpec(
        "environment",
        "Environment",
        kind="choice",
        choices=(STUDIO_PACKAGES,),
        default=STUDIO_PACKAGES,
        help="Whose packages serve the model; it is tried in it first.",
    ),
    FieldSpec(
        "unchecked",
        "Don't try the model in the environment first",
        kind="boolean",
        default=False,
        advanced=True,
    ),
    FieldSpec(
        "check_again",
        "Try it again, although the same has passed",
        kind="boolean",
        default=False,
        advanced=True,
    ),
    FieldSpec(
        "port",
        "Port",
        kind="integer",
        minimum=_PORTS[0],
        maximum=_PORTS[1],
        advanced=True,
        placeholder="Automatic",
        help="Keeps the address the same. Left empty, a free port is found once.",
    ),
    FieldSpec(
        "variables",
        "Environment variables",
        kind="multiline",
        advanced=True,
        placeholder="NAME=value, one a line",
    ),
    FieldSpec(
        "script",
        "Scoring script",
        kind="file",
        advanced=True,
        file_filter="Python (*.py)",
        placeholder="None: the model is served as it is",
        help="A score.py with init() and run(raw_data), as for Azure ML.",
    ),
)


class DeployForm(QWidget):
    """`changed` whenever what would be deployed is another thing."""

    changed = Signal()

    def __init__(
        self,
        studio: Studio,
        tasks: Tasks,
        endpoints: Sequence[Endpoint],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._known = {endpoint.name: endpoint for endpoint in endpoints}
        self._suggested = {"endpoint": "", "deployment": ""}
        self.chooser = ModelChooser(studio, tasks)
        self.form = Form(_SPECS)
        self.form.set_choices("endpoint", sorted(self._known))
        tasks.run(studio.environments.list, done=self._offer, owner=self)
        self.note = label("", "help", wrap=True)
        self.trust = QCheckBox("I trust where this model comes from")
        self._warning = Banner("warn")
        self._trust_box = wrap_in(column(self._warning, self.trust, gap=4))
        self._trust_box.hide()
        self.chooser.chosen.connect(self._choose_model)
        self.form.field("endpoint").edited.connect(self._suggest_deployment)
        for name in ("endpoint", "deployment"):
            self.form.field(name).changed.connect(self._check_names)
            self.form.field(name).edited.connect(self.changed)
            self.form.field(name).edited.connect(self._say_what_happens)
        self.form.changed.connect(lambda name, value: self.changed.emit())
        self.trust.toggled.connect(lambda on: self.changed.emit())
        self.setLayout(
            column(self.chooser, self._trust_box, self.note, self.form, gap=12)
        )

    def start(self, given: Mapping[str, str]) -> None:
        """Begin with a model, an endpoint or a deployment that is known already."""
        for name in ("endpoint", "deployment"):
            if given.get(name):
                self.form.set_values({name: given[name]})
        if given.get("model"):
            self.chooser.choose(given["model"])
        else:
            self.chooser.reload()

    def ready(self) -> bool:
        """Whether there is enough to deploy."""
        values = self.form.values()
        model, script = self.chooser.current(), values["script"]
        named = bool(values["endpoint"] and values["deployment"])
        trusted = self._trust_box.isHidden() or self.trust.isChecked()
        return named and trusted and (model is not None or bool(script))

    def spec(self) -> DeploymentSpec | None:
        """What is to be deployed; None (said at the field) if something is wrong."""
        if not self.form.check() or not self._check_names():
            return None
        values = self.form.values()
        try:
            variables = variables_of(values["variables"] or "")
        except InvalidError as error:
            self.form.set_error("variables", error.message)
            return None
        script, environment = values["script"], values["environment"]
        if script and not Path(script).expanduser().is_file():
            self.form.set_error("script", "There is no such file")
            return None
        model = self.chooser.current()
        return DeploymentSpec(
            endpoint=values["endpoint"].strip(),
            deployment=values["deployment"].strip(),
            model=model.reference if model is not None else "",
            scoring_script=str(Path(script).expanduser().absolute()) if script else "",
            environment="" if environment == STUDIO_PACKAGES else environment,
            unchecked=bool(values["unchecked"]),
            check_again=bool(values["check_again"]),
            environment_variables=variables,
            port=int(values["port"] or 0),
            trust=self.trust.isChecked(),
        )

    def _offer(self, environments: Sequence[EnvironmentVersion]) -> None:
        names = [e.reference for e in environments if e.declaration.is_locked]
        chosen = self.form.values()["environment"]
        self.form.set_choices("environment", (STUDIO_PACKAGES, *names))
        self.form.set_values({"environment": chosen})

    def _choose_model(self, model: ModelVersion | None) -> None:
        self._trust_box.setVisible(model is not None and not model.trained_here)
        if model is not None:
            self._warning.show_message(
                "warn",
                f"{model.reference} wasn't trained by a run of this workspace.",
                hint="Loading a model can run any code it contains, with your rights.",
            )
            self._suggest("endpoint", suggested_endpoint(model.reference))
        self._suggest_deployment()
        self.changed.emit()

    def _suggest(self, name: str, value: str) -> None:
        """Fill a field that is empty or still holds what was suggested before."""
        field = self.form.field(name)
        if (field.value() or "") in ("", self._suggested[name]) and value:
            field.set_value(value)
            field.set_error("")
            self._suggested[name] = value

    def _suggest_deployment(self) -> None:
        endpoint = self._known.get((self.form.field("endpoint").value() or "").strip())
        self._suggest("deployment", suggested_deployment(endpoint))
        self._say_what_happens()

    def _check_names(self) -> bool:
        self._say_what_happens()
        right = True
        for name in ("endpoint", "deployment"):
            field = self.form.field(name)
            try:
                check_endpoint_name((field.value() or "").strip())
            except InvalidError as error:
                right = False
                if field.value():
                    field.set_error(error.hint)
        return right

    def _say_what_happens(self) -> None:
        name = (self.form.field("endpoint").value() or "").strip()
        deployment = (self.form.field("deployment").value() or "").strip()
        self.note.setText(consequence(self._known.get(name), name, deployment))
        self.note.setVisible(bool(name and deployment))


def consequence(endpoint: Endpoint | None, name: str, deployment: str) -> str:
    """What deploying under these names does, in one sentence."""
    if endpoint is None:
        return f"Makes the endpoint {name}; {deployment} gets all its requests."
    if (old := endpoint.deployment(deployment)) is not None:
        what = old.model or "a scoring script"
        return (
            f"Replaces {deployment} ({what}) without a gap: the old one serves until "
            "the new one is ready."
        )
    serving = [n for n, share in endpoint.traffic.items() if share]
    if not serving:
        return f"{deployment} gets all requests of {name}."
    return f"Starts beside {serving[0]}, which keeps all requests until you move them."


def variables_of(text: str) -> dict[str, str]:
    """`NAME=value` lines as a mapping. InvalidError names the line that isn't one."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        name, equals, value = line.partition("=")
        if not equals or not name.strip().isidentifier():
            raise InvalidError(
                f"Line {number} isn't NAME=value: “{line.strip()}”",
                hint="Write one variable a line, e.g. LOG_LEVEL=debug",
            )
        found[name.strip()] = value.strip()
    return found
