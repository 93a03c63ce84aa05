"""The colours of the window, as data: light, dark and high contrast.

`Tokens` fields are `#RRGGBB`; `contrast` is the WCAG 2 ratio the tests hold them to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

Tone: TypeAlias = Literal["ok", "run", "warn", "err", "idle", "drift"]

SPACE = (4, 8, 12, 16, 24, 32)
RADIUS_CHIP, RADIUS_CONTROL, RADIUS_CARD, RADIUS_DIALOG = 4, 6, 8, 10


@dataclass(frozen=True)
class Tokens:
    """One theme. `focus_width` and `wire_width` are in pixels."""

    name: str
    dark: bool
    canvas: str
    surface: str
    surface2: str
    sunken: str
    hover: str
    selected: str
    border: str
    border_strong: str
    text: str
    text2: str
    text3: str
    disabled: str
    accent: str
    accent_hover: str
    accent_text: str
    link: str
    focus: str
    ok: str
    ok_bg: str
    run: str
    run_bg: str
    warn: str
    warn_bg: str
    err: str
    err_bg: str
    idle: str
    idle_bg: str
    drift: str
    drift_bg: str
    wire: str
    port_table: str
    port_model: str
    port_metric: str
    port_artifact: str
    port_env: str
    port_image: str
    port_param: str
    port_any: str
    focus_width: int = 2
    wire_width: float = 1.5

    def color(self, token: str) -> str:
        """A token by name, e.g. `text2`; a `#RRGGBB` is returned as it is."""
        return token if token.startswith("#") else str(getattr(self, token))

    def tone(self, tone: Tone) -> tuple[str, str]:
        """Foreground and background of a status."""
        return self.color(tone), self.color(f"{tone}_bg")

    def port(self, kind: str) -> str:
        """The colour of a port's data kind; an unknown kind looks like `any`."""
        return str(getattr(self, f"port_{kind}", self.port_any))

    @property
    def series(self) -> tuple[str, ...]:
        """Colours of a plot's curves, in order."""
        return (
            self.accent,
            self.port_metric,
            self.port_artifact,
            self.port_model,
            self.port_image,
            self.port_env,
        )


LIGHT = Tokens(
    name="light",
    dark=False,
    canvas="#F3F4F6",
    surface="#FFFFFF",
    surface2="#F7F8FA",
    sunken="#EBEDF0",
    hover="#EEF0F3",
    selected="#E3ECFC",
    border="#D5D9E0",
    border_strong="#828A97",
    text="#1B1F27",
    text2="#4A5261",
    text3="#616A79",
    disabled="#A0A7B3",
    accent="#2F5FD0",
    accent_hover="#264FB2",
    accent_text="#FFFFFF",
    link="#2557C7",
    focus="#2F5FD0",
    ok="#1E7A46",
    ok_bg="#E4F4EA",
    run="#1F66B5",
    run_bg="#E3EFFB",
    warn="#8A5A00",
    warn_bg="#FCF1DA",
    err="#B3261E",
    err_bg="#FCE8E6",
    idle="#5B6472",
    idle_bg="#ECEEF1",
    drift="#7A3FA8",
    drift_bg="#F2E9F9",
    wire="#818A98",
    port_table="#2B6CB0",
    port_model="#7444B8",
    port_metric="#1D7A5C",
    port_artifact="#9A5B13",
    port_env="#177286",
    port_image="#B0407A",
    port_param="#5D6675",
    port_any="#6B7280",
)

DARK = Tokens(
    name="dark",
    dark=True,
    canvas="#15171B",
    surface="#1E2126",
    surface2="#24272D",
    sunken="#111317",
    hover="#2A2E35",
    selected="#24344F",
    border="#343941",
    border_strong="#737B88",
    text="#E7E9ED",
    text2="#B4BAC5",
    text3="#979FAC",
    disabled="#626974",
    accent="#4C7FF0",
    accent_hover="#6390F5",
    accent_text="#0B1020",
    link="#8AB0FF",
    focus="#7EA6FF",
    ok="#5CC98A",
    ok_bg="#183226",
    run="#6FB1F5",
    run_bg="#182C42",
    warn="#E2B04A",
    warn_bg="#382C12",
    err="#F28B82",
    err_bg="#3E1F1D",
    idle="#A3ABB8",
    idle_bg="#2A2E35",
    drift="#C79BEE",
    drift_bg="#33243F",
    wire="#6F7784",
    port_table="#6FAEF0",
    port_model="#B595F2",
    port_metric="#5FC9A3",
    port_artifact="#E0A35C",
    port_env="#5CC3D6",
    port_image="#EE8FBF",
    port_param="#A9B1BE",
    port_any="#98A0AD",
)


def high_contrast(tokens: Tokens) -> Tokens:
    """The same theme with stronger text, borders, wires and focus."""
    return replace(
        tokens,
        name=f"{tokens.name}-contrast",
        text3=tokens.text2,
        text2=tokens.text,
        border=tokens.border_strong,
        focus_width=3,
        wire_width=2.0,
    )


def contrast(first: str, second: str) -> float:
    """The WCAG 2 contrast ratio of two `#RRGGBB` colours, 1 to 21."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    channels = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
