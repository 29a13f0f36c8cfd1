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

from cleaner.errors import SetupError
from cleaner.language import detect_language, language_code, load_detector, script_agrees
from cleaner.settings import Settings

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


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Die Fähre fuhr heute", "de"), ("Паром сегодня снова не", "ru"), ("the ferry did not run", "en"),
        ("el barco no salió ayer", "es"), ("το πλοίο δεν", "el"), ("渡轮停航", "zh"),
        ("færgen sejlede ikke i går", "da"),
    ],
)  # fmt: skip
def test_a_few_words_are_often_enough(text: str, code: str) -> None:
    """Twenty letters or four characters of Chinese have a language."""
    assert detect_language(text).code == code


def test_a_default_fills_what_cannot_be_told() -> None:
    """The default is taken for a text that says nothing, with no confidence, and for no other."""
    assert detect_language("OK 12", default="de-AT") == ("de", 0.0, "default")
    assert detect_language(CASES["plain"][0]["text"], default="de").code == "en"


def test_a_list_of_names_has_the_declared_language_if_its_letters_agree() -> None:
    """Products have no stop words: the declaration counts, unsurely, and without it nothing is said."""
    products = (
        "Standing desk accessories Bamboo keyboard Mountain bicycle helmet Leather office chair Running shoes " * 4
    )
    assert detect_language(products, declared="en") == ("en", 0.5, "declaration")
    assert detect_language(products, declared="fi").code != "fi"


def name_klingon(text: str, candidates: list[str]) -> tuple[str, float]:
    """Stand for a detector of the user's."""
    return ("tlh", 0.9) if "Qapla" in text else (candidates[0], 0.4)


def test_another_detector_stands_behind_the_same_interface(monkeypatch: pytest.MonkeyPatch) -> None:
    """What scripts and stop words leave open, a detector named module:function decides; unsure answers are und."""
    monkeypatch.setitem(sys.modules, "my_detector", sys.modules[__name__])
    load_detector.cache_clear()
    detector = load_detector("my_detector:name_klingon")
    assert detect_language("Qapla batlh je qaStaHvIS", detector=detector) == ("tlh", 0.9, "detector")
    assert detect_language("wa maH cha pem loS rep", detector=detector) == ("und", 0.4, "detector")
    assert detect_language("Η γέφυρα έκλεισε τη νύχτα", detector=detector).source == "script"


@pytest.mark.parametrize("name", ["no_such_module_anywhere:detect", "json:no_such_function", "json"])
def test_a_detector_that_is_not_there_is_a_setup_error(name: str) -> None:
    """The error names the detector and says how to spell it."""
    with pytest.raises(SetupError, match="module:function") as caught:
        load_detector(name)
    assert (caught.value.code, caught.value.where) == ("bad_detector", name)


@pytest.mark.parametrize(
    ("code", "text", "agrees"),
    [("zh", "渡轮", True), ("en", "渡轮", False), ("ru", "паром", True), ("xx", "ferry", False)],
)
def test_a_declaration_is_held_against_the_script(code: str, text: str, agrees: bool) -> None:
    """A language of the table agrees with a text in its script."""
    assert script_agrees(code, text) is agrees


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


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"default_language": "English"}, "English"),
        ({"default_language": "en-GB"}, "en-GB"),
        ({"language_detector": "mine"}, "module:function"),
        ({"metadata_fallback": "always"}, "extensive"),
    ],
    ids=str,
)
def test_settings_that_name_no_language_or_detector_are_refused(setting: dict[str, Any], said: str) -> None:
    """The error is a sentence that says what is expected, and is raised when the settings are made."""
    with pytest.raises(SetupError, match=said) as caught:
        Settings.from_mapping(setting)
    assert caught.value.code == "bad_setting"
