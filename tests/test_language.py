"""The language of a text: which evidence settles it, and when nothing is said."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import justext
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.language import detect_language, language_code

CASES = json.loads(
    (Path(__file__).resolve().parents[1] / "fixtures" / "metadata" / "languages.json").read_text("utf-8")
)
TABLES = Path(__file__).resolve().parents[1] / "cleaner" / "tables"


def entries(table: str) -> list[list[str]]:
    lines = (TABLES / table).read_text("utf-8").splitlines()
    return [line.split() for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("case", CASES["plain"], ids=lambda case: case["language"])
def test_one_sentence_is_enough(case: dict[str, str]) -> None:
    """A sentence of news without any declaration has its language."""
    assert detect_language(case["text"])[0] == case["language"]


@pytest.mark.parametrize("case", CASES["plain"], ids=lambda case: case["language"])
def test_a_wrong_declaration_does_not_change_the_language(case: dict[str, str]) -> None:
    """The page may declare English: the text decides."""
    assert detect_language(case["text"] * 3, declared="en-US")[0] == case["language"]


@pytest.mark.parametrize("case", CASES["declared"], ids=lambda case: f"{case['language']} {case.get('declared')}")
def test_declarations_are_weighed_against_the_text(case: dict[str, str]) -> None:
    """A declaration counts if the text confirms it, or if nothing here could judge."""
    code, _, source = detect_language(case["text"], declared=case.get("declared", ""))
    assert (code, source) == (case["language"], case.get("source", source))


@pytest.mark.parametrize(("declared", "code"), CASES["codes"])
def test_declared_names_and_codes_become_bcp_47(declared: str, code: str) -> None:
    """What sites write into lang attributes becomes a primary language code, or nothing."""
    assert language_code(declared) == code


def test_the_answer_does_not_depend_on_the_order_of_calls() -> None:
    """All texts give the same answers in any order, in this process and in a fresh one."""
    texts = [case["text"][:size] for case in CASES["plain"] for size in (30, 60, 500)]
    first = {text: detect_language(text) for text in texts}
    random.Random(7).shuffle(texts)
    assert {text: detect_language(text) for text in texts} == first
    code = "import json, sys; from cleaner.language import detect_language\n"
    code += "print(json.dumps([detect_language(text) for text in json.load(sys.stdin)]))"
    done = subprocess.run(
        [sys.executable, "-c", code], input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    assert [tuple(answer) for answer in json.loads(done.stdout)] == [first[text] for text in texts]


def test_langdetect_itself_is_left_as_it_was() -> None:
    """The seed and the profiles of langdetect that other code may use are not touched."""
    import langdetect

    detect_language("Sign up for our newsletter")
    assert langdetect.DetectorFactory.seed is None


def test_only_a_bounded_sample_is_read() -> None:
    """What stands beyond the sample does not change the answer."""
    english, german = CASES["plain"][0]["text"], CASES["plain"][1]["text"]
    text = english * 100
    assert detect_language(text + german[:100]) == detect_language(text + english[:100])


def test_the_middle_of_a_long_text_counts() -> None:
    """A long text behind a short English preface has its own language."""
    english, german = CASES["plain"][0]["text"], CASES["plain"][1]["text"]
    assert detect_language(english * 3 + german * 100)[0] == "de"


def test_confidence_grows_with_the_evidence() -> None:
    """A longer text is never less sure than its first words, and short ones are unsure."""
    text = CASES["plain"][1]["text"]
    assert detect_language("Die Fähre fuhr nicht mehr")[1] < detect_language(text * 5, declared="de")[1]
    assert detect_language(text * 5, declared="de")[1] >= 0.9


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(max_size=12) | st.sampled_from(["en", "xx", "zh-TW", "de_DE"]))
def test_any_text_gives_a_code_and_a_share(text: str, declared: str) -> None:
    """Whatever the text, there is a code, a confidence between 0 and 1 and a source."""
    code, confidence, source = detect_language(text, declared=declared)
    assert code.isalpha()
    assert 0.0 <= confidence <= 1.0
    assert source in {"script", "declaration", "stop words", "langdetect", "none"}


def test_tables_name_lists_profiles_and_scripts_that_exist() -> None:
    """Every stop list is one of justext's, every profile one of langdetect's, every script and relative is known."""
    from langdetect.detector_factory import PROFILES_DIRECTORY

    languages = entries("languages.txt")
    codes = [row[0] for row in languages]
    scripts = {row[0] for row in entries("scripts.txt")}
    profiles = {path.name for path in Path(PROFILES_DIRECTORY).iterdir()}
    relatives = {near for row in languages for near in row[4].split(",")} - {"-"}
    assert len(codes) == len(set(codes))
    assert {row[1] for row in languages} - scripts == set()
    assert {row[2].rstrip("*") for row in languages} - justext.get_stoplists() == {"-"}
    assert {row[3] for row in languages} - profiles == {"-"}
    assert relatives - set(codes) == {"ast"}


def test_importing_and_scripts_need_no_packages() -> None:
    """A text whose script settles its language loads neither justext nor langdetect."""
    code = (
        "import sys; from cleaner.language import detect_language\n"
        f"print(detect_language({CASES['plain'][24]['text']!r})[0])\n"
        "print([name for name in ('justext', 'langdetect', 'lxml') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == [CASES["plain"][24]["language"], "[]"]


def any_alias() -> list[Any]:
    return [(alias, row[0]) for row in entries("languages.txt") for alias in row[5].split(",") if alias != "-"]


@pytest.mark.parametrize(("alias", "code"), any_alias())
def test_aliases_lead_to_their_language(alias: str, code: str) -> None:
    """Each alias of the table is a name of one language only."""
    assert language_code(alias) == code
