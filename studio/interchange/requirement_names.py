"""Names of packages that are likely not what is meant."""

from __future__ import annotations

import sys

from studio.domain.requirement_lines import RequirementLine, normal_name
from studio.domain.text_problem import Severity, TextProblem

_IMPORTED_AS = {
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cairo": "pycairo",
    "crypto": "pycryptodome",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "fitz": "pymupdf",
    "git": "gitpython",
    "jwt": "pyjwt",
    "opencv": "opencv-python-headless",
    "pil": "pillow",
    "py-torch": "torch",
    "pytorch": "torch",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "usb": "pyusb",
    "yaml": "pyyaml",
    "zmq": "pyzmq",
}
_NOT_BY_PIP = {
    "conda": "It is installed by itself",
    "cuda": "It comes with the packages that use it",
    "cudatoolkit": "It comes with the packages that use it",
    "cudnn": "It comes with the packages that use it",
    "nodejs": "Install it with the system's packages, or use a conda environment",
    "openjdk": "Install it with the system's packages, or use a conda environment",
    "python": "Choose the version of Python beside the packages",
}
_BACKPORTS = frozenset({"tomllib", "zoneinfo"})
_MODULES = frozenset(each.lower() for each in sys.stdlib_module_names) - _BACKPORTS


def package_of(module: str) -> str:
    """The package that a module is usually found in, by its normal name."""
    top = normal_name(module.partition(".")[0])
    return _IMPORTED_AS.get(top, top)


def name_problem(at: RequirementLine, name: str) -> TextProblem | None:
    """What is to be said of the normal `name` itself."""
    if name in _NOT_BY_PIP:
        told = f"'{name}' isn't a package of pip"
        return _problem(at, name, told, _NOT_BY_PIP[name], error=True)
    if meant := _IMPORTED_AS.get(name):
        told = f"'{name}' is what programs import; its package is '{meant}'"
        return _problem(at, name, told, f"Write {meant}")
    if name.replace("-", "_") in _MODULES:
        told = f"'{name}' is part of Python"
        hint = "Remove the line; a package of this name is somebody else's"
        return _problem(at, name, told, hint)
    return None


def _problem(
    at: RequirementLine, name: str, told: str, hint: str, error: bool = False
) -> TextProblem:
    severity: Severity = "error" if error else "warning"
    return TextProblem(at.line, at.column, told, hint, severity, len(name))
