"""Pictures with matplotlib, for notebooks and papers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .ensembles import Forecast
    from .studies import Results, Sensitivity

#: With and without the programme, gains and losses: told apart by people who see colours differently.
POLICY, BASELINE, GAIN, LOSS = "#1f5fa8", "#8a8f98", "#2a7f62", "#b5522b"


def _axes(ax: Axes | None) -> Axes:
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(7.0, 4.0), layout="constrained")[1]


def _finished(ax: Axes, title: str, unit: str) -> Axes:
    ax.set_title(title, loc="left", fontsize=11)
    ax.set_ylabel(unit)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def results(
    found: Results, variable: str, region: str | None, *, kind: str, year: int | None, ax: Axes | None
) -> Axes:
    """As `Results.plot`."""
    ax = _axes(ax)
    frame = found.series(variable, region)
    unit, place = frame.attrs["unit"], frame.attrs["region"]
    if kind == "path":
        ax.plot(frame.index, frame["baseline"], color=BASELINE, linestyle="--", label="without the programme")
        ax.plot(frame.index, frame["policy"], color=POLICY, label="with the programme")
        ax.legend(frameon=False)
        return _finished(ax, f"{variable}, {place}", unit)
    if kind == "change":
        colours = [GAIN if value >= 0 else LOSS for value in frame["change"]]
        ax.bar(frame.index, frame["change"], color=colours)
        ax.axhline(0.0, color="black", linewidth=0.8)
        return _finished(ax, f"{variable}, {place}: change by the programme", unit)
    if kind != "contributions":
        raise ValueError("`kind` is path, change or contributions")
    when = year or found.data["study"]["headline_year"]
    parts = found.contributions(variable, region)[when].sort_values()
    colours = [GAIN if value >= 0 else LOSS for value in parts]
    ax.barh(parts.index, parts, color=colours)
    ax.axvline(0.0, color="black", linewidth=0.8)
    _finished(ax, f"{variable}, {place}, {when}: what each lever contributes", "")
    ax.set_xlabel(unit)
    return ax


def fan(forecast: Forecast, target: str | None, ax: Axes | None) -> Axes:
    """As `Forecast.plot`."""
    ax = _axes(ax)
    told = forecast.target(target)
    quantiles = forecast.quantiles(target)
    years = quantiles.index
    for low, high, alpha in ((0.05, 0.95, 0.2), (0.25, 0.75, 0.35)):
        label = f"{high - low:.0%} of draws"
        ax.fill_between(years, quantiles[low], quantiles[high], color=POLICY, alpha=alpha, linewidth=0, label=label)
    ax.plot(years, quantiles[0.5], color=POLICY, label="median")
    if told["observed"]:
        seen = [tuple(each) for each in told["observed"]]
        ax.plot([year for year, _ in seen], [level for _, level in seen], color="black", marker="o", label="observed")
    ax.scatter([told["year"]], [told["value"]], marker="D", color=LOSS, zorder=3, label="target")
    ax.legend(frameon=False)
    error = told["probability_error"]
    odds = f"{told['probability']:.0%}" + ("" if error is None else f" ± {error:.0%}")
    title = f"{told['name']}: {odds} in {told['year']}"
    return _finished(ax, title, told["unit"])


def tornado(found: Sensitivity, top: int, ax: Axes | None) -> Axes:
    """As `Sensitivity.plot`."""
    ax = _axes(ax)
    rows: list[dict[str, Any]] = found.data["drivers"][:top]
    for at, row in enumerate(reversed(rows)):
        for change in (row["at_low"], row["at_high"]):
            ax.barh(at, change, color=GAIN if change >= 0 else LOSS)
    ax.set_yticks(range(len(rows)), [row["name"] for row in reversed(rows)])
    ax.axvline(0.0, color="black", linewidth=0.8)
    data = found.data
    _finished(ax, f"{data['indicator']}, {data['region']}, {data['year']}: change over each range", "")
    ax.set_xlabel(data["unit"])
    return ax
