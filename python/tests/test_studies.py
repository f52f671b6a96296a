"""Studies: levers changed, run, results as tables."""

from __future__ import annotations

import pickle
from pathlib import Path

import ironbelt as ib
import pytest
from numpy.testing import assert_allclose


@pytest.fixture(scope="module")
def results(small: ib.Study) -> ib.Results:
    return small.run()


def test_levers_are_changed_and_comments_stay() -> None:
    study = ib.Study.liaoning()
    plant = "BMW battery plant, phase 2"
    assert study.levers[plant]["amount"] == '"670 million CNY"'
    other = study.change(plant, amount="900 million CNY", but_for=0.5).parameter("wage_curve", -0.08)
    assert other.levers[plant]["amount"] == '"900 million CNY"'
    assert "# of the rest, bought from firms in Shenyang itself" in other.text
    assert study.levers[plant]["amount"] == '"670 million CNY"'
    without = study.without("Open education", "Zone area Yingkou")
    assert len(without.levers) == len(study.levers) - 2
    twice = study.copy(plant, "Second plant", amount="100 million CNY")
    assert twice.levers["Second plant"]["amount"] == '"100 million CNY"'
    assert study.descriptions.loc[plant, "kind"] == "investment project"


def test_a_wrong_value_is_told_with_its_place() -> None:
    study = ib.Study.liaoning()
    with pytest.raises(ib.InputError) as caught:
        study.change("BMW battery plant, phase 2", amount="900 million")
    found = caught.value.findings[0]
    assert found.code.startswith("E02") and found.line is not None and found.help
    with pytest.raises(ib.InputError, match="Open education"):
        study.without("Open eduction")


def test_results_add_up(results: ib.Results) -> None:
    gdp = results.series("gdp")
    parts = results.contributions("gdp")
    assert_allclose(parts.sum(), gdp["change"], atol=1e-6 * gdp["baseline"].max())
    assert gdp.attrs["unit"] == "100 million CNY"
    assert set(results.frame(variable="gdp", industry="", owner="").to_pandas().reset_index()["scenario"]) == {
        "baseline",
        "policy",
    }
    assert (results.solves["status"] == "solved").all()
    assert not results.targets.empty and not results.parameters.empty
    with pytest.raises(KeyError, match="variables are"):
        results.series("gpd")


def test_a_run_is_the_same_whatever_it_is_asked_from(small: ib.Study, results: ib.Results, tmp_path: Path) -> None:
    travelled = pickle.loads(pickle.dumps(small))
    assert travelled.run().data == results.data
    results.save(tmp_path)
    assert ib.Results.read(tmp_path / "results.json").data == results.data
    assert (tmp_path / "workbook.xlsx").read_bytes()[:2] == b"PK"
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert "Three years" in results.summary


def test_a_study_with_accounts_beside_it_travels(small: ib.Study, tmp_path: Path) -> None:
    ib.Accounts().save(tmp_path / "tables")
    # Without levers and targets, which name industries by codes of the shipped accounts.
    text = small.text.split("[[observation]]")[0].replace('"liaoning-2017"', '"tables"')
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    study = ib.Study(tmp_path / "study.toml")
    assert "tables/use.csv" in study.files
    travelled = pickle.loads(pickle.dumps(study))
    assert travelled.files == study.files
    place = travelled.save(tmp_path / "elsewhere")
    assert ib.Study(place).run().data["series"] == study.run().data["series"]


def test_what_a_number_depends_on_and_why_it_moved(small: ib.Study) -> None:
    found = small.sensitivity("gdp", of="policy")
    assert {"parameter", "growth"} <= set(found.frame()["kind"])
    steps = small.why("gdp")
    total = steps[0].to_pandas()["contribution"].sum()
    gdp = small.run().series("gdp")["change"].iloc[-1]
    assert total == pytest.approx(gdp, rel=1e-6, abs=1e-6)


def test_pictures_are_drawn(results: ib.Results, small: ib.Study) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    for kind in ("path", "change", "contributions"):
        ax = results.plot("gdp", kind=kind)
        assert ax.get_title(loc="left")
        ax.figure.canvas.draw()
    ax = small.sensitivity("gdp").plot(top=5)
    assert len(ax.get_yticklabels()) == 5
