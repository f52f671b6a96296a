"""Models of one's own."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import ironbelt as ib
import pytest

ROOT = Path(__file__).resolve().parents[2]


def two_by_two() -> dict[str, Any]:
    """Two sectors, two factors, one consumer, all Cobb-Douglas; MPSGE's standard first model."""

    def cobb_douglas(*leaves: tuple[str, float]) -> dict[str, Any]:
        return {"elasticity": 1, "children": [{"commodity": name, "quantity": q} for name, q in leaves]}

    return {
        "format": "ge-case/1",
        "name": "two by two",
        "parameters": {"labour": 100},
        "sectors": ["X", "Y", "U"],
        "commodities": ["PX", "PY", "PU", "PL", "PK"],
        "consumers": ["RA"],
        "production": [
            {"sector": "X", "output": {"commodity": "PX", "quantity": 100}, "input": cobb_douglas(("PL", 50), ("PK", 50))},
            {"sector": "Y", "output": {"commodity": "PY", "quantity": 50}, "input": cobb_douglas(("PL", 20), ("PK", 30))},
            {"sector": "U", "output": {"commodity": "PU", "quantity": 150}, "input": cobb_douglas(("PX", 100), ("PY", 50))},
        ],
        "demands": [
            {
                "consumer": "RA",
                "preferences": {"commodity": "PU", "quantity": 150},
                "endowments": [
                    {"commodity": "PL", "quantity": "0.7 * labour"},
                    {"commodity": "PK", "quantity": 80},
                ],
            }
        ],
        "scenarios": [
            {"name": "benchmark", "fix": {"PX": 1}, "benchmark": True},
            {"name": "more labour", "set": {"labour": 110}, "fix": {"PX": 1}},
        ],
    }


def test_cobb_douglas_economies_have_the_closed_form() -> None:
    solution = ib.Model(two_by_two()).solve("more labour")
    # Shares are constant: with labour up by a tenth PL/PK falls by it; PX = 1 = PL^½ PK^½.
    assert solution["PL"] == pytest.approx(1.1**-0.5, abs=1e-9)
    assert solution["PK"] == pytest.approx(1.1**0.5, abs=1e-9)
    assert solution["X"] == pytest.approx(1.1**0.5, abs=1e-9)
    assert solution["PY"] == pytest.approx(1.1**-0.2 * 1.1**0.3, abs=1e-9)
    assert max(solution.certificate.values()) < 1e-9
    assert solution.frame().to_pandas().loc["PK", "value"] == solution["PK"]


def test_a_gradient_is_the_difference_of_solutions() -> None:
    model = ib.Model(two_by_two())
    slope = model.gradient("welfare(RA)", "more labour").parameters["labour"]
    step = 1e-4
    levels = []
    for labour in (110 - step, 110 + step):
        other = copy.deepcopy(two_by_two())
        other["scenarios"][1]["set"]["labour"] = labour
        levels.append(ib.Model(other).solve("more labour")["welfare(RA)"])
    assert slope == pytest.approx((levels[1] - levels[0]) / (2 * step), rel=1e-6)


def test_the_benchmark_replicates_and_algebra_is_told() -> None:
    model = ib.Model(two_by_two())
    assert model.check("benchmark")["replicates"]
    assert "PL" in model.explain("market of PL", "benchmark")


def test_models_are_read_from_files_and_travel() -> None:
    model = ib.Model(ROOT / "models/two_by_two.toml")
    again = pickle.loads(pickle.dumps(model._model))
    assert again.scenarios == model.scenarios
    assert {"X", "PX"} <= set(model.variables)


def test_errors_carry_code_and_place() -> None:
    wrong = two_by_two()
    wrong["production"][0]["input"]["children"][0]["commodity"] = "PLL"
    with pytest.raises(ib.InputError) as caught:
        ib.Model(wrong)
    found = caught.value.findings[0]
    assert found.code == caught.value.code == "E1606"
    assert found.line == 1 and found.column > 1 and "PL" in (found.help or "")
    assert pickle.loads(pickle.dumps(caught.value)).findings == caught.value.findings
    with pytest.raises(ib.InputError, match="more labour"):
        ib.Model(two_by_two()).solve("less labour")


def test_an_economy_without_equilibrium_gives_no_numbers() -> None:
    broken = two_by_two()
    broken["demands"][0]["endowments"][0]["quantity"] = 0
    broken["scenarios"] = [{"name": "none", "fix": {"PX": 1}}]
    with pytest.raises(ib.SolveError, match="none"):
        ib.Model(broken).solve()
