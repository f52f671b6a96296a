"""Writes a scenario as a scalar algebraic complementarity model in GAMS, solved by PATH.

The unknowns are those of the case: activities, prices, incomes, auxiliaries. Unit costs are written
out where they are used, as in a calibrated-share model by hand.
"""
from case import Nest, Text, gams, leaves, number

# A price under a power must not reach zero, where PATH could not evaluate it.
LEAST_PRICE = 1e-9

HEADER = """$offlisting
$offdigit
option limrow=0, limcol=0, solprint=off, solvelink=5, mcp=path;
"""

# Everything a run is read from: states, seconds of the solver, of the whole solve statement, levels.
RESULTS = """file results / 'results.txt' /;
put results; results.nr=2; results.nw=26; results.nd=16; results.pw=200;
put 'modelstat ' {model}.modelstat / 'solvestat ' {model}.solvestat / 'iterations ' {model}.iterusd /;
put 'solver_seconds ' {model}.resusd / 'solve_seconds ' {model}.etsolve /;
{levels}
putclose;
"""


def results(model_name, variables):
    """GAMS statements that write `results.txt`; `variables` maps names of the case to GAMS names."""
    levels = "\n".join(f"put 'level {name} ' {written}.l /;" for name, written in variables.items())
    return RESULTS.format(model=model_name, levels=levels)


def bounds(model, variables, lower):
    """GAMS statements that set bounds, fixed values and starts."""
    lines = []
    for name, written in variables.items():
        if name in model.fixed:
            lines.append(f"{written}.fx={number(model.fixed[name])};")
            continue
        lines.append(
            f"{written}.lo={number(lower(name))}; {written}.up={number(model.upper[name])};"
            f" {written}.l={number(model.start[name])};"
        )
    return "\n".join(lines)


def text(model, tolerance):
    """The whole GAMS program of a scenario."""
    variables = {name: f"v_{name}" for name in model.variables()}
    conditions = model.conditions({name: Text(written) for name, written in variables.items()})
    under_a_power = priced_under_a_power(model)

    def lower(name):
        return max(model.lower[name], LEAST_PRICE) if name in under_a_power else model.lower[name]

    equations = "\n".join(f"e_{name}.. {gams(conditions[name])} =n= 0;" for name in variables)
    return "\n".join(
        [
            HEADER,
            "variables\n " + ",\n ".join(variables.values()) + ";",
            "equations\n " + ",\n ".join(f"e_{name}" for name in variables) + ";",
            equations,
            "model economy /\n " + ",\n ".join(f"e_{n}.{v}" for n, v in variables.items()) + " /;",
            bounds(model, variables, lower),
            path_options("economy", tolerance),
            "solve economy using mcp;",
            results("economy", variables),
        ]
    )


def path_options(model_name, tolerance):
    return f"$onecho > path.opt\nconvergence_tolerance {tolerance:g}\n$offecho\n{model_name}.optfile=1;"


def priced_under_a_power(model):
    """Commodities whose price stands under a power or in a denominator."""
    trees = [t for trees in model.production.values() for t in trees if t]
    found = {leaf.commodity for t in trees if bends(t) for leaf in leaves(t)}
    demands = [preferences for preferences, _ in model.demand.values() if preferences]
    return found | {leaf.commodity for t in demands for leaf in leaves(t)}


def bends(tree):
    if not isinstance(tree, Nest):
        return False
    own = tree.elasticity != 0.0 and len(tree.children) > 1
    return own or any(bends(child) for child in tree.children)
