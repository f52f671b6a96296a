"""Input-output tables, regional accounts, balancing."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import ironbelt as ib
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

Frames = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]


def table(frames: Frames) -> ib.Table:
    Z, Y, F = frames
    return ib.Table.from_frames(Z, Y, unit="million", name="two", extensions={"stressors": (F, None, None)})


def test_arrays_are_lent_and_cannot_be_changed(two_regions: Frames) -> None:
    made = table(two_regions)
    pd.testing.assert_frame_equal(made.Z, two_regions[0])
    native = made._table
    assert np.shares_memory(native.flows, native.flows)
    with pytest.raises(ValueError, match="read-only"):
        native.flows[0, 0] = 1.0
    flows = native.flows
    del made, native
    assert_allclose(flows, two_regions[0])


def test_leontief_is_that_of_numpy(two_regions: Frames) -> None:
    made = table(two_regions)
    Z, Y, F = two_regions
    x = Z.sum(axis=1) + Y.sum(axis=1)
    A = Z / x
    three = Y.iloc[:, :3]
    L = np.linalg.inv(np.eye(4) - A)
    assert_allclose(made.A, A)
    assert_allclose(made.L, L, rtol=1e-11)
    assert_allclose(made.multipliers(F / x), (F / x).to_numpy() @ L, rtol=1e-10)
    assert_allclose(made.gross_output(three), L @ three.to_numpy(), rtol=1e-10)
    assert_allclose(made.B, Z.div(x, axis=0))


def test_wrong_shapes_and_names_are_told(two_regions: Frames) -> None:
    made = table(two_regions)
    with pytest.raises(ib.InputError, match="industries") as caught:
        made.multipliers(np.ones((1, 3)))
    assert caught.value.code == "E2101"
    with pytest.raises(ib.InputError, match="multipliers"):
        made.analyse("multiplers")
    with pytest.raises(ib.InputError) as caught:
        ib.Table.read("oecd", "no/such/file.csv")
    assert caught.value.code == "E1300"


def test_pymrio_gets_the_same_results_from_its_own_test_system() -> None:
    pymrio = pytest.importorskip("pymrio")
    system = pymrio.load_test()
    # Its satellite accounts do not pay for all inputs: value added is what output leaves.
    system.calc_all()
    ours = ib.Table.from_pymrio(system, value_added=None)
    assert_allclose(ours.A, system.A, rtol=1e-12, atol=1e-15)
    assert_allclose(ours.L, system.L, rtol=1e-10, atol=1e-14)
    emissions = system.emissions
    S = emissions.F.to_numpy() / system.x["indout"].to_numpy()
    assert_allclose(ours.multipliers(S), emissions.M, rtol=1e-9)
    # Footprints by region: accounts based on production and on consumption.
    found = ours.analyse("footprints")
    title = next(each for each in found if "emission_type1" in each)
    for column, theirs in (("Production", emissions.D_pba_reg), ("Consumption", emissions.D_cba_reg)):
        row = theirs.loc[("emission_type1", "air")]
        assert_allclose(found[title][column].loc[row.index], row, rtol=1e-9)
    back = ours.to_pymrio()
    assert_allclose(back.Z, system.Z)
    back.calc_all()
    assert_allclose(back.L, system.L, rtol=1e-10, atol=1e-14)


def test_tables_are_written_and_read(two_regions: Frames, tmp_path: Path) -> None:
    made = table(two_regions)
    for cells in ("csv", "parquet"):
        made.save(tmp_path / cells, cells)
        again = ib.Table.read("folder", tmp_path / cells)
        pd.testing.assert_frame_equal(again.Z, made.Z)
        pd.testing.assert_frame_equal(again.extension("stressors")[0], made.extension("stressors")[0])
    assert "4" in again.report


def test_a_saved_system_of_pymrio_is_read(tmp_path: Path) -> None:
    pymrio = pytest.importorskip("pymrio")
    system = pymrio.load_test().calc_system()
    system.save_all(tmp_path)
    read = ib.Table.read("exiobase3", tmp_path)
    assert_allclose(read.Z, system.Z, rtol=1e-9)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(tmp_path.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(tmp_path))
    (tmp_path / "all.zip").write_bytes(packed.getvalue())
    assert_allclose(ib.Table.read("exiobase3", tmp_path / "all.zip").Z, read.Z)


def test_analyses_are_labelled(two_regions: Frames) -> None:
    made = table(two_regions)
    assert "multipliers" in ib.analyses() and "exiobase3" in ib.formats()
    with pytest.warns(UserWarning, match="W1509"):
        found = made.analyse("multipliers")
    output = next(frame for title, frame in found.items() if "output" in title)
    assert_allclose(output["Type I"], made.L.sum(axis=0), rtol=1e-10)
    frame = made.analyse_frames("linkages")[0]
    polars = pytest.importorskip("polars")
    assert isinstance(frame.to_polars(), polars.DataFrame)
    assert frame.to_polars().height == 4
    pyarrow = pytest.importorskip("pyarrow")
    assert isinstance(frame.to_arrow(), pyarrow.Table)


def test_the_shipped_accounts_hold_their_identities() -> None:
    accounts = ib.Accounts()
    assert accounts.base_year == 2017
    assert accounts.identities()["deviation"].max() < 1e-9
    use, axes, unit = accounts.array("use")
    assert use.shape == tuple(len(labels) for labels in axes.values()) and unit
    assert not use.flags.writeable
    series = accounts.table("use")
    assert series.sum() == pytest.approx(use.sum())
    one = accounts.input_output()
    assert_allclose(one.Z.sum(axis=1) + one.Y.sum(axis=1), one.x, rtol=1e-9, atol=1e-9)


def test_accounts_are_written_and_read(tmp_path: Path) -> None:
    accounts = ib.Accounts()
    accounts.save(tmp_path)
    again = ib.Accounts(tmp_path)
    assert_allclose(again.array("trade")[0], accounts.array("trade")[0])


def test_ras_of_miller_and_blair() -> None:
    # Miller & Blair (2009), 7.4.2: coefficients at the base, totals of the target year.
    prior = pd.DataFrame([[0.12, 0.1, 0.049], [0.21, 0.247, 0.265], [0.026, 0.249, 0.145]])
    x = np.array([421.0, 284.0, 283.0])
    found, how = ib.ras(prior * x, [245.0, 136.0, 281.0][:3], [136.0, 281.0, 245.0])
    assert_allclose(found.sum(axis=1), [245.0, 136.0, 281.0], rtol=1e-12)
    assert_allclose(found.sum(axis=0), [136.0, 281.0, 245.0], rtol=1e-12)
    # What RAS keeps: cross ratios.
    ratio = (prior.iloc[0, 0] * prior.iloc[1, 1]) / (prior.iloc[0, 1] * prior.iloc[1, 0])
    new = (found.iloc[0, 0] * found.iloc[1, 1]) / (found.iloc[0, 1] * found.iloc[1, 0])
    assert new == pytest.approx(ratio, rel=1e-9)
    assert how["rounds"] > 1
    with pytest.raises(ib.InputError):
        ib.ras(prior, [1.0, 1.0, 1.0], [1.0, 1.0, 2.0])


def test_a_social_accounting_matrix_is_balanced() -> None:
    random = np.random.default_rng(3)
    prior = random.uniform(1.0, 5.0, (5, 5))
    for method in (ib.ras, ib.cross_entropy, ib.least_squares):
        found, _ = method(prior)
        assert_allclose(found.sum(axis=0), found.sum(axis=1), rtol=1e-9)
