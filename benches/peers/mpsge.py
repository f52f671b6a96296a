"""Writes a scenario as MPSGE text, solved by the real MPSGE (and PATH under it).

Tax rates and endowments that depend on variables become, as MPSGE asks, multiples of auxiliary
variables: parts linear in auxiliaries directly, anything else through an auxiliary of its own.
"""
import ast

from algebra import bounds, path_options, results
from case import INFINITE, Leaf, Text, evaluate, gams, number

PROGRAM = """$offdigit
$ontext
$model:economy

{blocks}
$offtext
$sysinclude mpsgeset economy
option limrow=0, limcol=0, solprint=off, solvelink=5, mcp=path;
{bounds}
{options}
$include ECONOMY.GEN
solve economy using mcp;
{results}"""


class Writer:
    """Collects the blocks of one scenario, and the auxiliaries that they need."""

    def __init__(self, model):
        self.model = model
        self.own = {}  # auxiliary that the writer adds -> parsed expression

    def blocks(self):
        model = self.model
        agents = [self.producer(*item) for item in model.production.items()]
        agents += [self.consumer(*item) for item in model.demand.items()]
        expressions = model.constraints | self.own
        constraints = [f"$constraint:{name}\n{self.constraint(name)}" for name in expressions]
        lists = [
            ("sectors", model.sectors),
            ("commodities", model.commodities),
            ("consumers", model.consumers),
            ("auxiliary", list(expressions)),
        ]
        declared = [f"${kind}:\n" + "\n".join(names) for kind, names in lists if names]
        return "\n\n".join(declared + agents + constraints)

    def producer(self, sector, trees):
        output, input_ = trees
        if output is None or input_ is None:
            raise ValueError(f"sector {sector} has no output or no input")
        nests, lines = [], []
        self.nest(output, "t", "", "O", nests, lines)
        self.nest(input_, "s", "", "I", nests, lines)
        return "\n".join([f"$prod:{sector} " + "\n+ ".join(nests), *lines])

    def consumer(self, consumer, demand):
        preferences, endowments = demand
        nests, lines = [], []
        if preferences:
            self.nest(preferences, "s", "", "D", nests, lines)
        for commodity, expression in endowments:
            for auxiliary, multiple in self.multiples(expression):
                rationed = f" R:{auxiliary}" if auxiliary else ""
                lines.append(f"E:{commodity} Q:{number(multiple)}{rationed}")
        return "\n".join([f"$demand:{consumer} " + "\n+ ".join(nests), *lines])

    def nest(self, tree, name, parent, letter, nests, lines):
        """Appends the declarations of nests and the lines of leaves under `tree`."""
        if isinstance(tree, Leaf):
            lines.append(self.leaf(tree, letter, parent))
            return
        nests.append(f"{name}({parent}):{number(tree.elasticity)}" if parent else f"{name}:{number(tree.elasticity)}")
        for child in tree.children:
            self.nest(child, f"{name[0]}{len(nests)}", name, letter, nests, lines)

    def leaf(self, leaf, letter, parent):
        words = [f"{letter}:{leaf.commodity} Q:{number(leaf.quantity)} P:{number(leaf.price)}"]
        for agent, rate in leaf.taxes:
            words.append(f"A:{agent}")
            for auxiliary, multiple in self.multiples(rate):
                words.append(f"N:{auxiliary} M:{number(multiple)}" if auxiliary else f"T:{number(multiple)}")
        if parent not in ("s", "t"):
            words.append(f"{parent}:")
        return " ".join(words)

    def multiples(self, expression):
        """An expression as [(auxiliary, multiple)], the constant part with an empty name."""
        parts = linear(expression, self.model)
        if parts is None:
            name = f"own_{len(self.own)}"
            self.own[name] = expression
            parts = {name: 1.0}
        return [(name, multiple) for name, multiple in parts.items() if multiple != 0.0]

    def constraint(self, name):
        at = self.model.parameters | {v: Text(v) for v in self.model.variables()}
        if name in self.own:
            return f"{name} =e= {gams(evaluate(self.own[name], at))};"
        relation = "=e=" if self.model.lower[name] == -INFINITE else "=g="
        return f"{gams(evaluate(self.model.constraints[name], at))} {relation} 0;"


def linear(node, model):
    """{auxiliary: coefficient, "": constant} of an expression linear in auxiliaries; None if not."""
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    variables = names & set(model.variables())
    if not variables <= set(model.auxiliaries):
        return None
    value = lambda at: evaluate(node, model.parameters | at)
    zero = dict.fromkeys(variables, 0.0)
    try:
        constant = value(zero)
        result = {"": constant} | {v: value(zero | {v: 1.0}) - constant for v in sorted(variables)}
        for at in (dict.fromkeys(variables, 0.5), {v: 2.0 + i for i, v in enumerate(sorted(variables))}):
            expected = constant + sum(result[v] * at[v] for v in variables)
            if abs(value(at) - expected) > 1e-12 * max(1.0, abs(expected)):
                return None
    except (ArithmeticError, ValueError):
        return None
    return result


def text(model, tolerance):
    """The whole GAMS program with the MPSGE text of a scenario."""
    writer = Writer(model)
    blocks = writer.blocks()
    at_start = model.parameters | model.start
    for name, expression in writer.own.items():
        model.lower[name], model.upper[name] = -INFINITE, INFINITE
        model.start[name] = evaluate(expression, at_start)
    variables = {name: name for name in model.variables() + list(writer.own)}
    return PROGRAM.format(
        blocks=blocks,
        bounds=bounds(model, variables, lambda name: model.lower[name]),
        options=path_options("economy", tolerance),
        results=results("economy", variables),
    )
