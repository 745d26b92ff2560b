import fnmatch
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.manifest.globs import (
    enters,
    fixed_folder,
    in_parts,
    is_pattern,
    matcher,
    name_matches,
)


def matches(pattern, path):
    return matcher(pattern)(in_parts(path))


@pytest.mark.parametrize(
    ("pattern", "path", "does"),
    [
        ("a/*.jpg", "a/b.jpg", True),
        ("a/*.jpg", "a/b/c.jpg", False),
        ("a/*.jpg", "a/.jpg", False),
        ("a/*.jpg", "a/b.JPG", False),
        ("*", "a", True),
        ("*", ".a", False),
        (".*", ".a", True),
        ("a/?.jpg", "a/b.jpg", True),
        ("a/?.jpg", "a/bc.jpg", False),
        ("a/[bc].jpg", "a/c.jpg", True),
        ("a/[!bc].jpg", "a/c.jpg", False),
        ("a/[!bc].jpg", "a/d.jpg", True),
        ("a/[0-9][0-9].jpg", "a/07.jpg", True),
        ("a/[z-a].jpg", "a/b.jpg", False),
        ("a/[!z-a].jpg", "a/b.jpg", True),
        ("a/[]].jpg", "a/].jpg", True),
        ("a/[b.jpg", "a/[b.jpg", True),
        ("a/b(1)+.jpg", "a/b(1)+.jpg", True),
        ("**/*.jpg", "a.jpg", True),
        ("**/*.jpg", "a/b/c.jpg", True),
        ("**/*.jpg", "a/.hidden/c.jpg", False),
        ("a/**/c.jpg", "a/c.jpg", True),
        ("a/**/c.jpg", "a/b/b/c.jpg", True),
        ("a/**/c.jpg", "b/c.jpg", False),
        ("a/**", "a/b/c.jpg", True),
        ("a**/c", "ab/c", True),
        ("a**/c", "a/b/c", False),
        ("caf\u00e9/*", "cafe\u0301/x.jpg", True),
        ("*\n*", "a\nb", True),
    ],
)
def test_what_a_pattern_stands_for(pattern, path, does):
    assert matches(pattern, path) is does


@pytest.mark.parametrize(
    ("pattern", "folder", "does"),
    [
        ("images/*/x.jpg", "images/anna", True),
        ("images/*.jpg", "images/anna", False),
        ("images/**/*.jpg", "images/a/b/c", True),
        ("images/anna/*.jpg", "images", True),
        ("images/bag/*.jpg", "images/anna", False),
        ("x.jpg", "images", False),
    ],
)
def test_which_folders_a_pattern_enters(pattern, folder, does):
    assert enters(pattern, in_parts(folder)) is does


def test_the_fixed_part_ends_at_the_first_wildcard():
    assert fixed_folder("a/b/*.jpg") == "a/b"
    assert fixed_folder("a/*/c.jpg") == "a"
    assert fixed_folder("a/b/c.jpg") == "a/b"
    assert fixed_folder("*.jpg") == ""
    assert not is_pattern("a/b.jpg")


def test_stars_do_not_explode():
    assert not matches("*a" * 60 + "b", "a" * 250)
    assert not matches("**/" * 60 + "b", "/".join("a" * 120))


@settings(max_examples=60, deadline=None)
@given(st.text("ab*?[]!-.", max_size=8), st.text("ab-]!.", max_size=6))
def test_names_match_as_in_the_plan(pattern, name):
    """Planning matches names by the standard library, which this room may not import."""
    if not name.startswith(".") and "/" not in pattern:
        wanted = re.match(fnmatch.translate(pattern), name) is not None
        if pattern.startswith("[") or not pattern.startswith("."):
            assert name_matches(pattern, name) == wanted


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=20), st.text(max_size=20))
def test_no_pattern_raises(pattern, path):
    matches(pattern, path)
    enters(pattern, in_parts(path))
    name_matches(pattern, path)
