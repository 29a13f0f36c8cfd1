"""Expressions and steps of XPath 1.0, read for what they will cost."""

from __future__ import annotations

import difflib
from typing import NamedTuple, NoReturn

from cleaner.rules.costs import BUDGET, ORDINARY, PREDICATE, Costs, Factors, chained, grown, nested, visits
from cleaner.rules.xpath_tokens import Token, tokens_of

__all__ = ["ANYWHERE", "DOWNWARD", "MOST_LEVELS", "Expressions", "Step"]

MOST_LEVELS = 20
"""Brackets within brackets; nobody writes three."""
_MOST_LITERAL = 200
"""Characters; searching a long literal in a text of its beginnings is slow in libxml2."""
_AXES = {
    "ancestor": "ancestor",
    "ancestor-or-self": "ancestor",
    "attribute": "",
    "child": "",
    "descendant": "descendant",
    "descendant-or-self": "descendant",
    "following": "anywhere",
    "following-sibling": "sibling",
    "parent": "",
    "preceding": "anywhere",
    "preceding-sibling": "sibling",
    "self": "",
}
"""Each axis and what visiting it costs (a factor of :mod:`cleaner.rules.costs`); '' is next to nothing."""
DOWNWARD = frozenset({"attribute", "child", "descendant", "descendant-or-self", "self"})
_NODE_TESTS = frozenset({"node", "text", "comment"})
_FUNCTIONS = {
    **dict.fromkeys(("ceiling", "count", "floor", "last", "number", "position", "round"), "number"),
    **dict.fromkeys(("string-length", "sum"), "number"),
    **dict.fromkeys(("concat", "local-name", "name", "normalize-space", "string", "substring"), "string"),
    **dict.fromkeys(("substring-after", "substring-before", "translate"), "string"),
    **dict.fromkeys(("boolean", "contains", "false", "not", "starts-with", "true"), "boolean"),
}
_READ_THE_NODE = frozenset({"string", "normalize-space", "string-length", "number"})
"""Functions that, without an argument, read the text of the element they are asked about."""
_SEARCHES = frozenset({"contains", "starts-with", "substring-before", "substring-after", "translate"})
_TAKE_NODES = frozenset({"boolean", "count", "local-name", "name", "not"})
"""Functions that do not read the text of their argument."""
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")


class Step(NamedTuple):
    """One step of a path."""

    axis: str
    test: str
    """Element name, ``*`` or ``node()``."""
    source: str
    """The step spelled out, with its predicates."""
    predicates: int
    """How many it has."""
    costs: Costs
    """Of the paths in its predicates, for one candidate."""
    is_positional: bool
    """Whether a predicate asks for the place among the candidates, as ``[2]`` does."""


class _Value(NamedTuple):
    """What is known of an expression inside a predicate."""

    sort: str
    """``nodes``, ``number``, ``string`` or ``boolean``."""
    costs: Costs
    asks_position: bool = False
    is_short: bool = True
    """Whether its text is at hand (an attribute, a literal) and need not be gathered from descendants."""
    literal: str | None = None


class Expressions:
    """Recursive descent over the grammar of XPath 1.0; what is built is only what the costs need."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = tokens_of(source)
        self.place = 0
        self.level = 0

    # -- tokens ------------------------------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        """The token that is to be read next."""
        return self.tokens[self.place]

    def take(self, *texts: str) -> bool:
        """Pass one of these signs, if it is the next token; tells whether it was."""
        found = self.token.is_sign(*texts)
        self.place += found
        return found

    def take_name(self, *texts: str) -> bool:
        """Pass one of these operators that could be names, if it is the next token."""
        found = self.token.sort == "operator" and self.token.text in texts
        self.place += found
        return found

    def expect(self, text: str) -> None:
        """Pass this sign. Raises ValueError for any other."""
        if not self.take(text):
            self.fail(f"lacks {text} before {self.token.text}" if self.token.text else f"lacks {text} at its end")

    def fail(self, what: str) -> NoReturn:
        """Raise ValueError with what the XPath does wrong, and where."""
        raise ValueError(f"The XPath {what} (character {self.token.start + 1}).")

    # -- expressions -------------------------------------------------------------------------------------------

    def expression(self) -> _Value:
        """Read what may stand between brackets, up to the token that ends it."""
        self.level += 1
        if self.level > MOST_LEVELS:
            self.fail(f"has brackets within brackets more than {MOST_LEVELS} deep")
        value = self._joined("or")
        self.level -= 1
        return value

    def _joined(self, word: str) -> _Value:
        value = self._joined("and") if word == "or" else self._comparison()
        while self.take_name(word):
            other = self._joined("and") if word == "or" else self._comparison()
            value = _combined("boolean", value, other)
        return value

    def _comparison(self) -> _Value:
        value = self._sum()
        while self.token.is_sign(*_COMPARISONS):
            self.place += 1
            other = self._sum()
            if value.sort == other.sort == "nodes":
                costs = nested(value.costs, other.costs) + _text_costs(value) + _text_costs(other)
                value = _Value("boolean", costs, value.asks_position or other.asks_position)
            else:
                value = _combined("boolean", _read(value), _read(other))
        return value

    def _sum(self) -> _Value:
        value = self._product()
        while self.take("+", "-"):
            value = _combined("number", _read(value), _read(self._product()))
        return value

    def _product(self) -> _Value:
        value = self._negation()
        while self.take_name("*", "div", "mod"):
            value = _combined("number", _read(value), _read(self._negation()))
        return value

    def _negation(self) -> _Value:
        signs = 0
        while self.take("-"):
            signs += 1
        value = self._union()
        return _combined("number", _read(value)) if signs else value

    def _union(self) -> _Value:
        value = self._operand()
        while self.take("|"):
            other = self._operand()
            if value.sort != "nodes" or other.sort != "nodes":
                self.fail("joins with | what is no path")
            value = _Value("nodes", value.costs + other.costs, is_short=value.is_short and other.is_short)
        return value

    def _operand(self) -> _Value:
        """Read a literal, number, call, bracketed expression (all of which predicates and steps may follow) or path."""
        token = self.token
        if token.sort == "literal":
            self.place += 1
            if len(token.text) > _MOST_LITERAL:
                self.fail(f"has a text of more than {_MOST_LITERAL} characters")
            return _Value("string", Costs(), literal=token.text[1:-1])
        if token.sort == "number":
            self.place += 1
            return _Value("number", Costs())
        if token.is_sign("("):
            self.place += 1
            value = self.expression()
            self.expect(")")
        elif token.sort == "name" and self.is_call():
            value = self._call()
        else:
            return self.inner_path()
        if self.token.is_sign("[", "/", "//"):
            self.fail("goes on behind a bracket inside a predicate, which is not taken; write it as a path of its own")
        return value

    def is_call(self) -> bool:
        """Tell whether the next token, a name, is that of a function."""
        return self.tokens[self.place + 1].is_sign("(") and self.token.text not in _NODE_TESTS

    def _call(self) -> _Value:
        name = self.token.text
        if name not in _FUNCTIONS:
            near = difflib.get_close_matches(name, _FUNCTIONS, n=1)
            hint = f"did you mean {near[0]}()?" if near else f"known are {', '.join(sorted(_FUNCTIONS))}"
            self.fail(f"calls {name}(), which is no function of XPath 1.0 that rules know; {hint}")
        self.place += 2
        given: list[_Value] = []
        while not self.take(")"):
            if given:
                self.expect(",")
            given.append(self.expression())
        if name in _SEARCHES and any(value.literal is None for value in given[1:]):
            self.fail(f"searches with {name}() for something that is not a text in quotes")
        return self._called(name, given)

    def _called(self, name: str, given: list[_Value]) -> _Value:
        sort = _FUNCTIONS[name]
        if name in ("position", "last"):
            return _Value(sort, Costs(), asks_position=True)
        if not given and name in _READ_THE_NODE:
            return _Value(sort, Costs({("string",): 1}))
        read = given if name in _TAKE_NODES else [_read(value) for value in given]
        value = _combined(sort, *read)
        times = 1 + max((len(other.literal or "") for other in given), default=0) // 16
        return value._replace(costs=Costs({factors: count * times for factors, count in value.costs.items()}))

    # -- paths -------------------------------------------------------------------------------------------------

    def inner_path(self) -> _Value:
        """Read a path inside a predicate and add up what its steps cost for each candidate."""
        factors: Factors = ("page",) if self.token.is_sign("/", "//") else ()
        costs = Costs()
        has_left = False
        axis = test = ""
        for step in self.steps():
            axis, test = step.axis, step.test
            more = _AXES[axis]
            if axis == "child" and has_left:
                more = "sibling"
            has_left = has_left or axis not in DOWNWARD
            factors = grown(factors, more)
            costs += chained(factors, step.costs + Costs({(): PREDICATE * step.predicates}))
        costs += Costs({factors: 1})
        if visits(costs, ORDINARY) > BUDGET:
            self.fail("would take too long on an ordinary page: it looks at the whole page over and over within [ ]")
        short = axis == "attribute" or test == "text()"
        return _Value("nodes", costs, is_short=short)

    def steps(self) -> list[Step]:
        """Read ``/a//b[c]`` or ``a/b``; a lone ``/`` has no steps."""
        found: list[Step] = []
        if self.take("//"):
            found.append(ANYWHERE)
        elif self.take("/") and not self._begins_step():
            return found
        found.append(self._step())
        while self.token.is_sign("/", "//"):
            if self.take("//"):
                found.append(ANYWHERE)
            else:
                self.place += 1
            found.append(self._step())
        return found

    def _begins_step(self) -> bool:
        return self.token.sort == "name" or self.token.is_sign("*", "@", ".", "..")

    def _step(self) -> Step:
        if self.take("."):
            return Step("self", "node()", "self::node()", 0, Costs(), is_positional=False)
        if self.take(".."):
            return Step("parent", "node()", "parent::node()", 0, Costs(), is_positional=False)
        axis = "attribute" if self.take("@") else self._axis()
        test = self._test()
        start = self.token.start
        costs, positional, many = Costs(), False, 0
        while self.take("["):
            value = self.expression()
            self.expect("]")
            many += 1
            costs += value.costs
            positional = positional or value.asks_position or value.sort == "number"
        end = self.tokens[self.place - 1]
        predicates = self.source[start : end.start + len(end.text)] if end.start >= start else ""
        return Step(axis, test, f"{axis}::{test}{predicates}", many, costs, positional)

    def _axis(self) -> str:
        name = self.token.text
        if not self.tokens[min(self.place + 1, len(self.tokens) - 1)].is_sign("::"):
            return "child"
        if name not in _AXES:
            near = difflib.get_close_matches(name, _AXES, n=1)
            self.fail(f"has no axis {name}::" + (f"; did you mean {near[0]}::?" if near else ""))
        self.place += 2
        return name

    def _test(self) -> str:
        token = self.token
        if token.sort != "name" and not token.is_sign("*"):
            self.fail(f"needs the name of an element before {token.text}" if token.text else "ends too early")
        self.place += 1
        if token.text in _NODE_TESTS and self.take("("):
            self.expect(")")
            return f"{token.text}()"
        return token.text


ANYWHERE = Step("descendant-or-self", "node()", "descendant-or-self::node()", 0, Costs(), is_positional=False)


def _combined(sort: str, *values: _Value) -> _Value:
    costs = Costs()
    for value in values:
        costs += value.costs
    return _Value(sort, costs, any(value.asks_position for value in values))


def _read(value: _Value) -> _Value:
    """Return the value as a text or number: for elements, their text has to be gathered."""
    return value._replace(costs=_text_costs(value)) if value.sort == "nodes" else value


def _text_costs(value: _Value) -> Costs:
    if value.is_short:
        return value.costs
    return value.costs + Costs({grown(factors, "string"): count for factors, count in value.costs.items()})
