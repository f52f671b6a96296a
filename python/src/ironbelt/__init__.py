"""Ironbelt: what a regional programme does to output, jobs, trade, investment and budgets.

    import ironbelt as ib

    ib.Model({...}).solve()                     # a general equilibrium model of your own
    ib.Table.read("exiobase3", "IOT_2019.zip")  # an input-output table, analysed
    ib.Study.liaoning().run()                   # a regional programme over years
    ib.Study.liaoning().ensemble(1000).run()    # how likely its targets are
"""

from ._ironbelt import version as _version
from .accounts import Accounts, Table, analyses, cross_entropy, formats, least_squares, ras
from .ensembles import Ensemble, Forecast, draws_frame
from .errors import Finding, InputError, IronbeltError, SolveError
from .frames import Frame
from .models import Gradient, Model, Solution
from .studies import Mix, Results, Sensitivity, Study

__version__ = _version()

__all__ = [
    "Accounts",
    "Ensemble",
    "Finding",
    "Forecast",
    "Frame",
    "Gradient",
    "InputError",
    "IronbeltError",
    "Mix",
    "Model",
    "Results",
    "Sensitivity",
    "Solution",
    "SolveError",
    "Study",
    "Table",
    "analyses",
    "cross_entropy",
    "draws_frame",
    "formats",
    "least_squares",
    "ras",
]
