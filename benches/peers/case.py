"""Reads a ge-case/1 file and holds its equilibrium conditions, once, for numbers and for GAMS text.

A scenario becomes a `Model` with all parameters folded. `Model.conditions` computes with whatever
values it is given: floats give residuals, `Text` gives the algebra of the same equations in GAMS.

| symbol | meaning                                                                     |
|--------|-----------------------------------------------------------------------------|
| theta  | benchmark share of a branch in its nest, by value                           |
| index  | price of a leaf or nest relative to the benchmark                           |
| side   | +1 inputs (tax on top of the market price), -1 outputs (tax taken from it)  |
"""
import ast
import json
import math
from dataclasses import dataclass, field

INFINITE = math.inf
FUNCTIONS = {"min": min, "max": max, "exp": math.exp, "log": math.log, "sqrt": math.sqrt, "abs": abs}


@dataclass
class Leaf:
    commodity: str
    quantity: float
    price: float
    taxes: list  # of (agent, parsed rate)

    def value(self):
        return self.quantity * self.price


@dataclass
class Nest:
    elasticity: float
    children: list

    def value(self):
        return sum(child.value() for child in self.children)


def leaves(tree):
    """All leaves under a nest or leaf."""
    if isinstance(tree, Leaf):
        return [tree]
    return [leaf for child in tree.children for leaf in leaves(child)]


class Text:
    """GAMS text of an expression; joins with numbers and other texts by operators."""

    def __init__(self, text):
        self.text = text

    def __neg__(self):
        return Text(f"(-{self.text})")

    def __add__(self, other):
        return total([self, other])

    def __radd__(self, other):
        return total([other, self])

    def __sub__(self, other):
        return self if is_number(other, 0) else Text(f"({self.text} - {gams(other)})")

    def __rsub__(self, other):
        return -self if is_number(other, 0) else Text(f"({gams(other)} - {self.text})")

    def __mul__(self, other):
        if is_number(other, 0):
            return 0.0
        return self if is_number(other, 1) else Text(f"{self.text}*{gams(other)}")

    def __rmul__(self, other):
        if is_number(other, 0):
            return 0.0
        return self if is_number(other, 1) else Text(f"{gams(other)}*{self.text}")

    def __truediv__(self, other):
        return self if is_number(other, 1) else Text(f"({self.text}/{gams(other)})")

    def __rtruediv__(self, other):
        return Text(f"({gams(other)}/({self.text}))")

    def __pow__(self, other):
        return self if is_number(other, 1) else Text(f"(({self.text})**{gams(other)})")

    def __rpow__(self, other):
        return Text(f"({gams(other)}**({self.text}))")


def is_number(x, number):
    return not isinstance(x, Text) and x == number


def gams(x):
    """GAMS text of a number or `Text`; products and quotients read from left to right."""
    if isinstance(x, Text):
        return x.text if x.text.isidentifier() or x.text.startswith("(") and closes(x.text) else f"({x.text})"
    return number(x)


def closes(text):
    """Whether the bracket that opens a text is the one that ends it."""
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return at == len(text) - 1
    return False


def number(x):
    text = {INFINITE: "inf", -INFINITE: "-inf"}.get(x, repr(float(x)))
    return f"({text})" if text.startswith("-") and text != "-inf" else text


def total(terms):
    """Sum of numbers and texts; zeros are left out, texts go on lines of their own."""
    terms = [term for term in terms if not is_number(term, 0)]
    if not any(isinstance(term, Text) for term in terms):
        return float(sum(terms))
    if len(terms) == 1:
        return terms[0]
    return Text("(" + "\n + ".join(gams(term) for term in terms) + ")")


def product(factors):
    result = 1.0
    for factor in factors:
        result = result * factor
    return result


def parse(expression):
    if isinstance(expression, (int, float)):
        return ast.Constant(float(expression))
    return ast.parse(expression.replace("^", "**"), mode="eval").body


OPERATORS = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}


def evaluate(node, at):
    """Value of a parsed expression; `at` gives the value of each name, numbers or `Text`."""
    match node:
        case ast.Constant(value):
            return float(value)
        case ast.Name(name):
            return at[name]
        case ast.UnaryOp(ast.USub(), operand):
            return -evaluate(operand, at)
        case ast.UnaryOp(ast.UAdd(), operand):
            return evaluate(operand, at)
        case ast.BinOp(left, operator, right):
            return OPERATORS[type(operator)](evaluate(left, at), evaluate(right, at))
        case ast.Call(ast.Name(name), arguments):
            values = [evaluate(argument, at) for argument in arguments]
            if any(isinstance(value, Text) for value in values):
                return Text(f"{name}({','.join(gams(value) for value in values)})")
            return FUNCTIONS[name](*values)
    raise ValueError(ast.dump(node))


@dataclass
class Model:
    """One scenario of a case: trees, expressions, bounds and start, parameters folded."""

    parameters: dict
    sectors: list
    commodities: list
    consumers: list
    auxiliaries: list
    production: dict = field(default_factory=dict)  # sector -> (output tree, input tree)
    demand: dict = field(default_factory=dict)  # consumer -> (tree or None, [(commodity, expression)])
    constraints: dict = field(default_factory=dict)  # auxiliary -> expression
    lower: dict = field(default_factory=dict)
    upper: dict = field(default_factory=dict)
    fixed: dict = field(default_factory=dict)
    start: dict = field(default_factory=dict)

    def variables(self):
        return self.sectors + self.commodities + self.consumers + self.auxiliaries

    def conditions(self, at):
        """Each variable's condition F at the values `at`: numbers, or `Text` of its GAMS algebra."""
        market, income, result = {c: [] for c in self.commodities}, {h: [] for h in self.consumers}, {}
        at = {**self.parameters, **at}
        for sector, (output, input_) in self.production.items():
            result[sector] = self.producer(sector, output, input_, at, market, income)
        for consumer, (preferences, endowments) in self.demand.items():
            for commodity, expression in endowments:
                quantity = evaluate(expression, at)
                market[commodity].append(quantity)
                income[consumer].append(at[commodity] * quantity)
            if preferences:
                indices = {}
                spent = at[consumer] / (preferences.value() * index(preferences, 1, at, indices))
                for leaf, factor in per_unit(preferences, 1, indices):
                    market[leaf.commodity].append(-(spent * (leaf.quantity * factor)))
        result |= {commodity: total(terms) for commodity, terms in market.items()}
        result |= {consumer: at[consumer] - total(terms) for consumer, terms in income.items()}
        return result | {name: evaluate(e, at) for name, e in self.constraints.items()}

    def producer(self, sector, output, input_, at, market, income):
        """Loss per unit of activity; adds the sector's flows to markets and tax incomes."""
        if output is None or input_ is None:
            return 1.0
        values = {}
        for side, tree in ((1, input_), (-1, output)):
            indices = {}
            values[side] = tree.value() * index(tree, side, at, indices)
            for leaf, factor in per_unit(tree, side, indices):
                flow = at[sector] * (leaf.quantity * factor)
                market[leaf.commodity].append(-side * flow)
                for agent, rate in leaf.taxes:
                    income[agent].append(evaluate(rate, at) * (at[leaf.commodity] * flow))
        return values[1] - values[-1]


def index(tree, side, at, indices):
    """Price index of a tree, and of all its parts in `indices` by identity."""
    if isinstance(tree, Leaf):
        rate = total(evaluate(rate, at) for _, rate in tree.taxes)
        result = at[tree.commodity] * (1.0 + side * rate) / tree.price
    else:
        value = tree.value()
        parts = [(child.value() / value, index(child, side, at, indices)) for child in tree.children]
        exponent = 1.0 - side * tree.elasticity
        if len(parts) == 1:
            result = parts[0][1]
        elif exponent == 0.0:
            result = product(part**theta for theta, part in parts)
        else:
            result = total(theta * part**exponent for theta, part in parts) ** (1.0 / exponent)
    indices[id(tree)] = result
    return result


def per_unit(tree, side, indices, factor=1.0):
    """Each leaf with its quantity per unit of the root, relative to the benchmark."""
    if isinstance(tree, Leaf):
        yield tree, factor
        return
    for child in tree.children:
        ratio = 1.0
        if tree.elasticity != 0.0 and len(tree.children) > 1:
            above, below = indices[id(tree)], indices[id(child)]
            ratio = (above / below if side > 0 else below / above) ** tree.elasticity
        yield from per_unit(child, side, indices, factor * ratio)


def read(path):
    with open(path, encoding="utf-8") as file:
        case = json.load(file)
    if case.get("format") != "ge-case/1":
        raise ValueError(f"{path}: not a ge-case/1 file")
    return case


def fold_parameters(case, scenario):
    parameters, changed = {}, scenario.get("set", {})
    for name, value in case.get("parameters", {}).items():
        parameters[name] = evaluate(parse(changed.get(name, value)), parameters)
    return parameters


def model(case, scenario):
    """The `Model` of one scenario of a case."""
    parameters = fold_parameters(case, scenario)
    declared = {
        kind: [item if isinstance(item, dict) else {"name": item} for item in case.get(kind, [])]
        for kind in ("sectors", "commodities", "consumers", "auxiliaries")
    }
    result = Model(parameters, *([item["name"] for item in items] for items in declared.values()))
    for block in case["production"]:
        trees = (tree(block["output"], parameters), tree(block["input"], parameters))
        result.production[block["sector"]] = trees
    for block in case["demands"]:
        preferences = block.get("preferences")
        endowments = [(e["commodity"], parse(e["quantity"])) for e in block.get("endowments", [])]
        result.demand[block["consumer"]] = (preferences and tree(preferences, parameters), endowments)
    result.constraints = {c["auxiliary"]: parse(c["expression"]) for c in case.get("constraints", [])}
    items = [item for list_ in declared.values() for item in list_]
    set_bounds(result, items, scenario)
    set_start(result, items, scenario)
    return result


def tree(block, parameters):
    """A nest or leaf with its numbers; None where nothing has a quantity."""
    at = lambda key, default: evaluate(parse(block.get(key, default)), parameters)
    if "commodity" in block:
        taxes = [(tax["agent"], parse(tax["rate"])) for tax in block.get("taxes", [])]
        return Leaf(block["commodity"], at("quantity", 1), at("price", 1), taxes) if at("quantity", 1) else None
    children = [tree(child, parameters) for child in block["children"]]
    children = [child for child in children if child]
    return Nest(at("elasticity", 0), children) if children else None


def set_bounds(model, items, scenario):
    for item in items:
        own = [item.get("lower", 0.0), item.get("upper")]
        lower, upper = scenario.get("bounds", {}).get(item["name"], own)
        model.lower[item["name"]] = bound(lower, -INFINITE, model.parameters)
        model.upper[item["name"]] = bound(upper, INFINITE, model.parameters)
    for name, value in scenario.get("fix", {}).items():
        model.fixed[name] = evaluate(parse(value), model.parameters)


def bound(value, infinite, parameters):
    return infinite if value in (None, "inf", "-inf") else evaluate(parse(value), parameters)


def set_start(model, items, scenario):
    """Declared starts; consumers without one start at their income at the other starts."""
    start = {name: 1.0 for name in model.sectors + model.commodities + model.consumers}
    start |= {name: 0.0 for name in model.auxiliaries}
    given = {item["name"]: item["start"] for item in items if "start" in item}
    given |= scenario.get("start", {})
    start |= {name: evaluate(parse(value), model.parameters) for name, value in given.items()}
    start |= model.fixed
    unknown = [h for h in model.consumers if h not in given and h not in model.fixed]
    try:
        at_start = model.conditions(start)
        start |= {h: start[h] - at_start[h] for h in unknown}
    except (ZeroDivisionError, OverflowError):
        pass  # a price of zero in a nest: these incomes start at 1
    model.start = start
