import itertools
import json

import pytest

from pipeline.domain.history import Filed, fold
from pipeline.domain.verdicts import (
    MEANINGS,
    About,
    LaterFormatError,
    VerdictError,
    Word,
    asked_for,
    clean_name,
    current,
    current_first,
    folder_name,
    format_of,
    header,
    read_header,
    reader,
    resolve,
    stale,
    standing,
    without_known,
    write,
)
from tests.unit.domain.said import CELL, NOON, OTHER, PICTURE, said
from tests.unit.domain.samples import LATER, cell, gen, order, sha

A, X, R, C = Word.APPROVE, Word.REJECT, Word.REROLL, Word.CLEAR
ABOUT = About(CELL, PICTURE)


@pytest.mark.parametrize(
    ("votes", "need", "word", "missing"),
    [
        ([], 1, None, 0),
        (["anna approve 1"], 1, A, 0),
        (["anna approve 1"], 2, None, 1),
        (["anna approve 1", "anna approve 2"], 2, None, 1),
        (["anna approve 1", "Anna approve 2"], 2, None, 1),
        (["anna approve 1", "ben approve 1"], 2, A, 0),
        (["anna approve 1", "ben approve 1"], 3, None, 1),
        (["anna approve 1", "ben reject 1"], 1, X, 0),
        (["anna approve 1", "ben reroll 1"], 1, R, 0),
        (["anna reject 1", "ben reroll 2"], 1, X, 0),
        (["anna reject 1", "anna approve 2"], 1, A, 0),
        (["anna approve 1", "anna reject 2"], 1, X, 0),
        (["anna reroll 1", "anna approve 2", "ben approve 1"], 2, A, 0),
        # On a tie the more cautious word.
        (["anna approve 1", "anna reject 1"], 1, X, 0),
        (["anna approve 1", "anna reroll 1"], 1, R, 0),
        (["anna reroll 1", "anna reject 1"], 1, X, 0),
        (["anna approve 1", "anna reroll 1", "anna reject 1"], 1, X, 0),
        # A caution that its reviewer took back does not count, whatever came between.
        (["anna reject 1", "anna reroll 2", "anna approve 3", "ben reject 9"], 1, X, 0),
        (["anna reject 1", "ben reject 1", "anna approve 2", "ben approve 2"], 2, A, 0),
        # What its reviewer cleared is as if it had never been said; others' words stay.
        (["anna clear 1"], 1, None, 1),
        (["anna approve 1", "anna clear 2"], 1, None, 1),
        (["anna reject 1", "Anna clear 2"], 2, None, 2),
        (["anna reject 1", "ben clear 2"], 1, X, 0),
        (["anna reject 1", "anna clear 2", "ben approve 1"], 1, A, 0),
        (["anna approve 1", "anna clear 2", "ben approve 1"], 2, None, 1),
        (["anna clear 1", "anna approve 2"], 1, A, 0),
        (["anna approve 1", "anna clear 1"], 1, None, 1),
        (["anna reroll 1", "anna clear 1"], 1, R, 0),
        (["anna reject 1", "anna clear 1"], 1, X, 0),
    ],
)
def test_what_several_verdicts_come_to(votes, need, word, missing):
    verdicts = [
        said(who, Word(what), second=int(second))
        for who, what, second in (vote.split() for vote in votes)
    ]
    for shuffled in itertools.islice(itertools.permutations(verdicts), 30):
        ruling = resolve([*shuffled, *shuffled], need=need).get(ABOUT)
        assert (ruling.word if ruling else None) == word
        assert (ruling.missing if ruling else 0) == missing


def test_pictures_and_cells_are_judged_apart():
    other = About(CELL, sha(9))
    rulings = resolve([said("anna", A), said("anna", X, picture=sha(9)), said("anna", R, of=OTHER)])
    assert rulings[ABOUT].word is A
    assert rulings[other].word is X
    assert rulings[About(OTHER, PICTURE)].word is R


def test_a_verdict_about_another_picture_is_stale_and_never_applied():
    rulings = resolve([said("anna", A), said("ben", X, picture=sha(9))])
    assert standing(rulings, {CELL: PICTURE}) == {CELL: A}
    assert standing(rulings, {CELL: sha(9)}) == {CELL: X}
    assert standing(rulings, {CELL: sha(10)}) == {}
    assert standing(rulings, {}) == {}
    assert [about.picture for about, _ in stale(rulings, {CELL: PICTURE})] == [sha(9)]
    assert len(stale(rulings, {})) == 2
    cleared = resolve([said("anna", A), said("anna", C, second=1)])
    assert standing(cleared, {CELL: PICTURE}) == {}
    assert stale(cleared, {}) == []
    undecided = resolve([said("anna", A)], need=2)
    assert standing(undecided, {CELL: PICTURE}) == {}


@pytest.mark.parametrize(
    ("votes", "bought", "take"),
    [
        (["anna reroll 1 t2"], [], 2),
        # Two branches named two takes for one wish: one of them, always the same.
        (["anna reroll 1 t3", "ben reroll 1 t2"], [], 2),
        (["anna reroll 1 t3", "ben reroll 1 t2"], [3], 3),
        (["anna reroll 1 t3", "anna reroll 2 t2"], [], 2),
        # Taken back: no wish any more, but what it bought stays.
        (["anna reroll 1 t2", "anna approve 2"], [], None),
        (["anna reroll 1 t2", "anna approve 2"], [2], 2),
        (["anna reroll 1 t2", "anna approve 2", "ben reroll 1 t3"], [], 3),
        # Somebody else's reject does not take a reroll back.
        (["anna reroll 1 t2", "ben reject 2"], [], 2),
        (["anna approve 1"], [2], None),
        (["anna reroll 1 t2", "anna clear 2"], [], None),
        (["anna reroll 1 t2", "anna clear 2"], [2], 2),
    ],
)
def test_all_rerolls_of_one_picture_come_to_one_take(votes, bought, take):
    verdicts = []
    for vote in votes:
        who, what, second, *named = vote.split()
        number = int(named[0].removeprefix("t")) if named else None
        verdicts.append(said(who, Word(what), second=int(second), take=number))
    for shuffled in itertools.permutations(verdicts):
        ruling = resolve(shuffled)[ABOUT]
        assert asked_for(ruling, is_bought=lambda number: number in bought) == take


def two_deliveries():
    """One cell bought twice: picture 101 first, 102 later."""
    filed = [
        Filed("winter", gen(order("a-1", cells=(1,)), outputs=[101])),
        Filed("winter", gen(order("a-2", cells=(1,)), outputs=[102], at=LATER)),
    ]
    return cell(1).key, fold(filed)


@pytest.mark.parametrize(
    ("votes", "pinned", "chosen"),
    [
        ([], None, 101),
        ([(A, 102)], None, 102),
        ([(A, 101), (A, 102)], None, 101),
        ([(X, 101)], None, 101),
        ([(X, 101), (A, 102)], None, 102),
        ([(A, 102), (X, 102)], None, 101),
        ([(R, 102)], None, 101),
        ([(A, 101)], 102, 102),
        ([(A, 102)], 999, 102),
    ],
)
def test_which_of_several_deliveries_is_the_current_one(votes, pinned, chosen):
    key, history = two_deliveries()
    rulings = resolve(
        said(f"r{number}", word, of=key, picture=sha(shown))
        for number, (word, shown) in enumerate(votes)
    )
    pin = None if pinned is None else sha(pinned)
    found = current(history.deliveries[key], rulings, cell=key, pinned=pin)
    assert found.output.sha256 == sha(chosen)
    pins = {} if pin is None else {key: pin}
    moved = current_first(history, rulings, pinned=pins)
    assert moved.deliveries[key][0] == found
    assert sorted(moved.deliveries[key]) == sorted(history.deliveries[key])
    assert (moved is history) == (chosen == 101)
    assert moved.attempts == history.attempts


def test_what_is_known_already_is_left_out():
    one, two = said("anna", A), said("anna", X, second=2)
    assert without_known([two, one, two], {one}) == [two]
    assert without_known([one], frozenset({one})) == []


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"verdict": "aprove"}, "none of `approve`, `reject`, `reroll`"),
        ({"verdict": None}, "`verdict` is not text"),
        ({"cell": "anna/p1"}, "`cell` is not a cell key"),
        ({"cell": "c1-" + "A" * 64}, "`cell` is not a cell key"),
        ({"picture": "sha256:" + "a" * 64}, "`picture` is not 64 hex digits"),
        ({"at": "2026-11-22"}, "no zone"),
        ({"at": "yesterday"}, "not a moment"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "not a moment"),
        ({"at": "1999-01-01T00:00:00Z"}, "before the year 2000"),
        ({"at": 1}, "`at` is not text"),
        ({"reviewer": " "}, "`reviewer` is empty"),
        ({"reviewer": "a" * 81}, "longer than 80"),
        ({"reviewer": "anna\u202e"}, "nobody can see"),
        ({"reviewer": "an\nna"}, "nobody can see"),
        ({"note": "n" * 2001}, "longer than 2,000"),
        ({"note": ["a"]}, "`note` is not text"),
        ({"note": "\ud800"}, "no file can hold"),
        ({"address": "a" * 1001}, "longer than 1,000"),
        ({"take": 2}, "`take` is for rerolls"),
        ({"verdict": "reroll", "take": 1}, "from 2 to 10,000"),
        ({"verdict": "reroll", "take": 10_001}, "from 2 to 10,000"),
        ({"verdict": "reroll", "take": True}, "from 2 to 10,000"),
        ({"verdict": "reroll", "take": 2.0}, "from 2 to 10,000"),
    ],
)
def test_lines_that_are_no_verdicts(changes, why):
    line = {**json.loads(write(said("anna", A))), **changes}
    with pytest.raises(VerdictError, match=why):
        reader(read_header({"verdicts": 1, "campaign": "winter"}))(line, "")


@pytest.mark.parametrize("key", ["verdict", "cell", "picture", "at", "reviewer"])
def test_what_a_line_has_to_say(key):
    line = json.loads(write(said("anna", A)))
    del line[key]
    with pytest.raises(VerdictError, match=key):
        reader(read_header({"verdicts": 1, "campaign": "winter"}))(line, "")


def test_moments_of_other_zones_and_fractions_are_stored_alike():
    line = json.loads(write(said("anna", A)))
    read = reader(read_header({"verdicts": 1, "campaign": "winter"}))
    for written in ("2026-11-22T12:00:00.999Z", "2026-11-22T13:00:00+01:00", NOON):
        assert read({**line, "at": written}, "").at == NOON


def test_what_a_newer_program_adds_to_a_line_is_left_out():
    line = {**json.loads(write(said("anna", A))), "stars": 4}
    assert reader(read_header({"verdicts": 1, "campaign": "w"}))(line, "") == said("anna", A)


def test_the_first_line_names_format_campaign_and_perhaps_the_reviewer():
    assert header("winter") == '{"verdicts":1,"campaign":"winter"}'
    assert read_header(json.loads(header('a"b'))) == (1, 'a"b', "")
    head = read_header({"verdicts": 1, "campaign": "winter", "reviewer": " Anna "})
    assert head.reviewer == "Anna"
    line = json.loads(write(said("anna", A)))
    del line["reviewer"]
    assert reader(head)(line, head.reviewer).reviewer == "Anna"


@pytest.mark.parametrize(
    "line", [{}, {"verdicts": "1"}, {"verdicts": True}, {"verdicts": 0}, {"verdicts": 1}]
)
def test_a_first_line_that_is_none(line):
    with pytest.raises(VerdictError) as raised:
        read_header(line)
    assert not isinstance(raised.value, LaterFormatError)


def test_a_later_format_is_known_as_one():
    with pytest.raises(LaterFormatError, match="format 3"):
        read_header({"verdicts": 3, "what comes": "then"})


def test_a_file_names_the_lowest_format_that_can_say_it():
    """A program that knows format 1 alone reads all files in which nobody took anything back."""
    assert format_of([]) == format_of([said("anna", A), said("ben", X), said("carla", R)]) == 1
    assert format_of([said("anna", A), said("ben", C)]) == 2
    assert header("winter", version=2) == '{"verdicts":2,"campaign":"winter"}'


def test_clear_is_a_word_of_format_2():
    line = json.loads(write(said("anna", C)))
    assert reader(read_header({"verdicts": 2, "campaign": "w"}))(line, "") == said("anna", C)
    with pytest.raises(VerdictError, match=r'`clear` is a word of files .* `\{"verdicts": 2, …\}`'):
        reader(read_header({"verdicts": 1, "campaign": "w"}))(line, "")
    with pytest.raises(VerdictError, match="none of `approve`, `reject`, `reroll`, `clear`"):
        reader(read_header({"verdicts": 2, "campaign": "w"}))({**line, "verdict": "clean"}, "")


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("anna", "anna"),
        ("Anna Ángel", "anna-ángel"),
        ("anna@example.org", "anna-example.org"),
        ("../../etc/passwd", "etc-passwd"),
        ("..", "reviewer"),
        (".git", "git"),
        ("a/b\\c", "a-b-c"),
        ("CON", "reviewer-con"),
        ("nul.txt", "reviewer-nul.txt"),
        ("陈", "陈"),
        ("👩‍🎨", "reviewer"),
        ("x" * 80, "x" * 60),
        ("a \u0301b", "a-b"),
        ("-rf", "rf"),
    ],
)
def test_reviewers_names_are_safe_in_a_path(name, folder):
    assert folder_name(name) == folder


def test_reviewers_names_are_stored_in_one_spelling():
    assert clean_name("  Anna   A\u0301ngel ") == "Anna \u00c1ngel"


def test_every_code_has_a_meaning_of_its_own():
    assert len(set(MEANINGS.values())) == len(MEANINGS)
