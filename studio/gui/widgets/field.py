"""One input each: label above, help under it, the error where it belongs.

field = make_field(FieldSpec("rate", "Learning rate", kind="number", minimum=0))
field.set_value(0.05)
field.changed.connect(self.save)        # Enter, leaving, or a pause; never while wrong
field.set_error("Must be below 1", fixes=[("Use 0.1", fix)])
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from PySide6.QtCore import QEvent, QObject, QSize, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.gui.widgets.banner import Banner, BannerTone, Fix
from studio.gui.widgets.basics import (
    Item,
    label,
    row,
    set_flag,
    tool_button,
)
from studio.gui.widgets.code_view import CodeEdit, Language
from studio.gui.widgets.switch import Switch

FieldKind: TypeAlias = Literal[
    "text",
    "multiline",
    "code",
    "number",
    "integer",
    "boolean",
    "choice",
    "column",
    "columns",
    "file",
    "folder",
]
IDLE_MS = 1000
LINES, EDGE = 5, 3
EXPRESSION = ("${{", "$[[")
_NOTHING = object()


@dataclass(frozen=True)
class FieldSpec:
    """What a field asks for. `minimum` and `maximum` are inclusive.

    A text matches the whole `pattern`; `pattern_hint` says it in words. A number
    field also takes an expression such as `${{inputs.rate}}`.
    """

    name: str
    title: str
    kind: FieldKind = "text"
    help: str = ""
    default: Any = None
    choices: Sequence[str] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""
    pattern_hint: str = ""
    required: bool = False
    advanced: bool = False
    language: Language = "text"
    placeholder: str = ""
    file_filter: str = ""


class Field(QWidget):
    """The common frame of all fields. `value` is None where nothing is given."""

    changed = Signal()
    edited = Signal()

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self._quiet = False
        self._told: object = _NOTHING
        self._label = label(spec.title, "label")
        self._reset = tool_button(
            "arrow-counter-clockwise", f"Reset {spec.title}", self.reset, size=12
        )
        self._reset.setProperty("room", "mini")
        self._reset.setFixedSize(18, 18)
        self._help = label(spec.help, "help", wrap=True)
        if not spec.help:  # shown before it has a parent it would be a window
            self._help.hide()
        self._error = Banner("err")
        self._error.hide()
        self._idle = QTimer(self, singleShot=True, interval=IDLE_MS)
        self._idle.timeout.connect(self._pause)
        self.input = self._make_input()
        self.input.setAccessibleName(spec.title)
        self.input.setAccessibleDescription(spec.help)
        self._label.setBuddy(self.input)
        self._arrange()
        self.set_value(spec.default)

    def value(self) -> Any:
        """What is entered, in its own type."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show a value without telling `changed`."""
        self._quiet = True
        self._show(value)
        self._quiet = False
        self._mark()

    def problem(self) -> str:
        """What is wrong with what is entered; "" if nothing."""
        if self.spec.required and self.value() in (None, ""):
            return f"{self.spec.title} is needed"
        return ""

    def set_error(
        self, text: str, fixes: Sequence[Fix] = (), tone: BannerTone = "err"
    ) -> None:
        """Show what is said from outside until the value is another; "" clears it."""
        self._told = self.value() if text else _NOTHING
        self._show_error(text, fixes, tone)

    @property
    def error(self) -> str:
        return self._error.text if not self._error.isHidden() else ""

    def reset(self) -> None:
        """Go back to the default."""
        self._show(self.spec.default)
        self._settle()

    def _make_input(self) -> QWidget:
        raise NotImplementedError

    def _show(self, value: Any) -> None:
        raise NotImplementedError

    def _beside(self) -> QWidget:
        """The input with what stands beside it."""
        return self.input

    def _arrange(self) -> None:
        head: list[Item] = [self._label, None, self._reset]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(row(*head, gap=4))
        layout.addWidget(self._beside())
        layout.addWidget(self._help)
        layout.addWidget(self._error)

    def _touched(self) -> None:
        if self._quiet:
            return
        self._mark()
        self.edited.emit()
        self._idle.start()

    def _pause(self) -> None:
        if self._waits():
            self._idle.start()
        else:
            self._settle()

    def _waits(self) -> bool:
        """Whether a pause in typing isn't the end of it yet."""
        return False

    def _settle(self) -> None:
        self._idle.stop()
        self._mark()
        problem = self.problem()
        if self._told is _NOTHING or self._told != self.value():
            self._told = _NOTHING
            self._show_error(problem)
        if not problem:
            self.changed.emit()

    def flush(self) -> None:
        """Tell a waiting edit now, e.g. before saving."""
        if self._idle.isActive():
            self._settle()

    def _mark(self) -> None:
        differs = self.value() != self.spec.default and self.spec.default is not None
        self._reset.setVisible(differs)
        set_flag(self._label, "role", "strong-label" if differs else "label")

    def _show_error(
        self, text: str, fixes: Sequence[Fix] = (), tone: BannerTone = "err"
    ) -> None:
        self._error.show_message(tone, text, fixes=fixes)
        self._error.setVisible(bool(text))
        set_flag(self.input, "invalid", bool(text) and tone == "err")


class TextField(Field):
    """One line of text."""

    input: QLineEdit

    def _make_input(self) -> QLineEdit:
        made = QLineEdit(placeholderText=self.spec.placeholder)
        made.textChanged.connect(self._touched)
        made.editingFinished.connect(self.flush)
        return made

    def value(self) -> Any:
        return self.input.text() or None

    def problem(self) -> str:
        text, pattern = str(self.value() or ""), self.spec.pattern
        if not text or not pattern or "${{" in text or re.fullmatch(pattern, text):
            return super().problem()
        return f"“{text}” can't be used. {self.spec.pattern_hint}".strip()

    def _show(self, value: Any) -> None:
        self.input.setText("" if value is None else str(value))
        self.input.setCursorPosition(0)  # a long value is read from its beginning


class NumberField(TextField):
    """A number typed as text, so that 1e-4 and expressions can be written."""

    def value(self) -> Any:
        text = self.input.text().strip()
        if not text or text.startswith(EXPRESSION):
            return text or None
        try:
            return int(text) if self.spec.kind == "integer" else _number(text)
        except ValueError:
            return text

    def problem(self) -> str:
        value = self.value()
        if value is None or (isinstance(value, str) and value.startswith(EXPRESSION)):
            return super().problem()
        if isinstance(value, str):
            whole = "whole " if self.spec.kind == "integer" else ""
            return f"“{value}” is not a {whole}number"
        return self._out_of_range(value)

    def _out_of_range(self, value: float) -> str:
        least, most = self.spec.minimum, self.spec.maximum
        if least is not None and value < least:
            return f"Must be {least:g} or more"
        if most is not None and value > most:
            return f"Must be {most:g} or less"
        return ""


class _FewLines(QPlainTextEdit):
    """High enough for whole lines, so that none is cut at the foot."""

    def sizeHint(self) -> QSize:
        self.ensurePolished()
        lines = LINES * self.fontMetrics().lineSpacing()
        around = 2 * (self.document().documentMargin() + EDGE)
        return QSize(160, lines + round(around))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


class MultilineField(Field):
    """Several lines of text, or code in the mono font."""

    input: QPlainTextEdit

    def _make_input(self) -> QPlainTextEdit:
        if self.spec.kind == "code":
            made: QPlainTextEdit = CodeEdit(self.spec.language)
        else:
            made = _FewLines()
            made.setTabChangesFocus(True)
            policy = QSizePolicy.Policy
            made.setSizePolicy(policy.Expanding, policy.Fixed)
        made.setPlaceholderText(self.spec.placeholder)
        if self.spec.kind == "code":
            made.setMinimumHeight(160)
        made.textChanged.connect(self._touched)
        made.installEventFilter(self)
        return made

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut and watched is self.input:
            self.flush()
        return super().eventFilter(watched, event)

    def value(self) -> Any:
        return self.input.toPlainText() or None

    def _show(self, value: Any) -> None:
        self.input.setPlainText("" if value is None else str(value))


class BooleanField(Field):
    """A switch whose words are the field's title."""

    input: Switch

    def _make_input(self) -> Switch:
        made = Switch(self.spec.title)
        made.toggled.connect(self._flip)
        return made

    def value(self) -> Any:
        return self.input.isChecked()

    def _show(self, value: Any) -> None:
        self.input.setChecked(str(value).lower() == "true")

    def _arrange(self) -> None:
        super()._arrange()
        self._label.hide()

    def _flip(self) -> None:
        self._touched()
        self.flush()


class ChoiceField(Field):
    """One of a few words."""

    input: QComboBox

    def _make_input(self) -> QComboBox:
        made = QComboBox()
        made.addItems(list(self.spec.choices))
        made.setCurrentIndex(-1)
        made.currentIndexChanged.connect(self._pick)
        return made

    def value(self) -> Any:
        return self.input.currentText() or None

    def set_choices(self, choices: Sequence[str]) -> None:
        """Offer other words; the current one stays if it is among them."""
        kept = self.value()
        self._quiet = True
        self.input.clear()
        self.input.addItems(list(choices))
        self._quiet = False
        self.set_value(kept)

    def _show(self, value: Any) -> None:
        text = "" if value is None else str(value)
        if text and self.input.findText(text) < 0:
            self.input.addItem(text)
        self.input.setCurrentIndex(self.input.findText(text) if text else -1)

    def _pick(self) -> None:
        self._touched()
        self.flush()


def _number(text: str) -> float | int:
    try:
        return int(text)
    except ValueError:
        return float(text)
