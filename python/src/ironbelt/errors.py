"""What can go wrong, with code and place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Finding", "InputError", "IronbeltError", "SolveError"]


@dataclass(frozen=True)
class Finding:
    """One finding in an input: code, place, cause and way out (docs/diagnostics.md lists the codes)."""

    code: str
    severity: str
    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    label: str | None = None
    help: str | None = None

    def __str__(self) -> str:
        text = f"{self.severity}[{self.code}]: {self.message}"
        if self.file is not None:
            text += f"\n --> {self.file}:{self.line}:{self.column}"
            if self.label:
                text += f": {self.label}"
        if self.help:
            text += f"\n  = help: {self.help}"
        return text


class IronbeltError(Exception):
    """Base of all errors of this package."""


class InputError(IronbeltError, ValueError):
    """The input has errors; `findings` holds all of them, warnings too."""

    findings: tuple[Finding, ...]

    def __init__(self, findings: Sequence[Mapping[str, Any] | Finding]) -> None:
        self.findings = tuple(
            each if isinstance(each, Finding) else Finding(**each) for each in findings
        )
        super().__init__("\n".join(str(each) for each in self.findings))

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.findings,))

    @property
    def code(self) -> str:
        """Code of the first error."""
        errors = [each.code for each in self.findings if each.severity == "error"]
        return errors[0] if errors else ""


class SolveError(IronbeltError, ArithmeticError):
    """Something did not solve; there are no numbers. The message says where and why."""
