import json
import tempfile
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters.review_files import ReviewFolder, read_import
from pipeline.domain.verdicts import (
    MOST_NOTE,
    MOST_TAKES,
    About,
    Verdict,
    VerdictError,
    Word,
    clean_name,
    folder_name,
    format_of,
    header,
    read_header,
    reader,
    resolve,
    standing,
    without_known,
    write,
)
from tests.property.strategies import cell_keys, digests, law, texts

pytestmark = pytest.mark.slow

visible = st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"])


def _is_name(text: str) -> bool:
    try:
        return clean_name(text) == text
    except VerdictError:
        return False


names = st.text(visible, min_size=1, max_size=30).filter(_is_name)
moments = st.datetimes(
    min_value=datetime(2000, 1, 2)  # noqa: DTZ001 (hypothesis wants it without)
).map(lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ"))


@st.composite
def verdicts(draw, *, reviewers=names, keys=cell_keys, pictures=digests) -> Verdict:
    word = draw(st.sampled_from(list(Word)))
    take = draw(st.none() | st.integers(2, MOST_TAKES)) if word is Word.REROLL else None
    note = draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=MOST_NOTE // 50))
    return Verdict(
        cell=draw(keys),
        picture=draw(pictures),
        word=word,
        reviewer=draw(reviewers),
        at=draw(moments),
        address=draw(texts),
        note=note,
        take=take,
    )


few = verdicts(
    reviewers=st.sampled_from(["Anna", "anna", "Ben", "Carla"]),
    keys=st.sampled_from([f"c1-{n:064x}" for n in range(2)]),
    pictures=st.sampled_from([f"{n:064x}" for n in range(2)]),
).map(lambda one: one._replace(at=f"2026-11-22T12:00:0{len(one.note) % 3}Z"))


@law
@given(verdicts(), texts)
def test_reading_what_was_written_gives_it_back(verdict, campaign):
    head = read_header(json.loads(header(campaign, version=format_of([verdict]))))
    assert (head.version, head.campaign) == (1 + (verdict.word is Word.CLEAR), campaign)
    line = write(verdict)
    assert "\n" not in line
    assert reader(head)(json.loads(line), "somebody else") == verdict


@law
@given(st.lists(verdicts(reviewers=st.just("Anna")), min_size=1, max_size=5))
def test_a_file_gives_back_what_was_written_as_one_import_or_as_many(written):
    stored = [v._replace(take=v.take or 2) if v.word is Word.REROLL else v for v in written]
    with tempfile.TemporaryDirectory() as root:
        folder = ReviewFolder(Path(root), shown_as="reviews")
        for number, verdict in enumerate(stored):
            folder.write([verdict], campaign="winter", day="20261122", name=f"v-{number}")
        whole = folder.write(stored, campaign="winter", day="20261122", name="v-all")
        assert set(folder.read()[0]) == set(stored)
        assert folder.read()[1] == []
        lines = read_import(whole, "x", reviewer="Ben").lines
        assert [line.verdict for line in lines] == stored


@law
@given(st.lists(few, max_size=8), st.integers(1, 3), st.data())
def test_order_and_copies_do_not_matter(said, need, data):
    copies = data.draw(st.lists(st.sampled_from(said), max_size=4)) if said else []
    turned = data.draw(st.permutations([*said, *copies]))
    assert resolve(turned, need=need) == resolve(said, need=need)


@law
@given(st.lists(few, max_size=8), st.integers(1, 3))
def test_what_counts_is_what_the_words_of_the_rule_say(said, need):
    """The rule in plain words, one picture at a time."""
    for about, ruling in resolve(said, need=need).items():
        own = [v for v in said if v.about == about]
        newest = []
        for who in {v.reviewer.casefold() for v in own}:
            theirs = [v for v in own if v.reviewer.casefold() == who]
            last = max(v.at for v in theirs)
            words = {v.word for v in theirs if v.at == last}
            order = [Word.REJECT, Word.REROLL, Word.CLEAR, Word.APPROVE]
            newest.append(next(word for word in order if word in words))
        newest = [word for word in newest if word is not Word.CLEAR]
        if Word.REJECT in newest:
            assert ruling.word is Word.REJECT
        elif Word.REROLL in newest:
            assert ruling.word is Word.REROLL
        elif len(newest) >= need:
            assert ruling.word is Word.APPROVE
        else:
            assert ruling.word is None
            assert ruling.missing == need - len(newest)
        assert ruling.asks <= ruling.asked


@law
@given(st.lists(few, max_size=8), st.lists(few, max_size=4), st.integers(1, 2))
def test_nothing_said_about_another_picture_ever_counts(said, more, need):
    cell, picture = f"c1-{0:064x}", f"{0:064x}"
    others = [verdict for verdict in more if verdict.about != About(cell, picture)]
    current = {cell: picture}
    before = standing(resolve(said, need=need), current)
    assert standing(resolve([*said, *others], need=need), current) == before


@law
@given(st.lists(few, max_size=6), st.lists(few, max_size=6))
def test_importing_twice_is_importing_once(said, more):
    new = without_known(more, frozenset(said))
    assert not set(new) & set(said)
    assert without_known(new, frozenset([*said, *new])) == []
    assert resolve([*said, *new]) == resolve([*said, *more])


@law
@given(st.text(max_size=90))
def test_no_name_leaves_its_folder(name):
    folder = folder_name(name)
    assert folder
    assert "/" not in folder
    assert "\\" not in folder
    assert "\0" not in folder
    assert not folder.startswith((".", "-"))
    assert not folder.endswith(".")
    assert len(folder.encode()) <= 255
    assert folder_name(folder) == folder or folder.startswith("reviewer")


@law
@given(verdicts(), st.sampled_from(["cell", "picture", "word", "at", "reviewer"]), digests)
def test_a_line_that_differs_in_anything_is_another_verdict(verdict, field, other):
    changes = {
        "cell": f"c1-{other}",
        "picture": other,
        "word": next(word for word in Word if word is not verdict.word),
        "at": "2026-01-01T00:00:00Z",
        "reviewer": "Somebody Else",
    }
    changed = verdict._replace(**{field: changes[field]})
    assert (write(changed) == write(verdict)) == (changed == verdict)
