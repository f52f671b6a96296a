"""What tests share."""

from __future__ import annotations

from pathlib import Path

import ironbelt as ib
import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def small() -> ib.Study:
    """Three years of Liaoning with a few targets."""
    return ib.Study(ROOT / "crates/study/tests/small.toml")


@pytest.fixture(scope="session")
def two_regions() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Z, Y and emissions of two regions with two sectors each."""
    sectors = pd.MultiIndex.from_product([["North", "South"], ["goods", "services"]], names=["region", "sector"])
    demand = pd.MultiIndex.from_product([["North", "South"], ["households", "investment"]], names=["region", "category"])
    random = np.random.default_rng(7)
    Z = pd.DataFrame(random.uniform(1.0, 9.0, (4, 4)), sectors, sectors)
    Y = pd.DataFrame(random.uniform(5.0, 20.0, (4, 4)), sectors, demand)
    F = pd.DataFrame(random.uniform(0.0, 3.0, (2, 4)), pd.Index(["CO2", "jobs"], name="stressor"), sectors)
    return Z, Y, F
