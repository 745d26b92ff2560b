import dataclasses

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.campaign import (
    Account,
    Add,
    Budget,
    Exclude,
    Extend,
    PixelSize,
    Size,
    Variant,
    Where,
    Workspace,
)
from pipeline.domain.diagnostics import Severity, Span
from pipeline.domain.fingerprint import digest
from pipeline.manifest import codes
from pipeline.manifest.files import Listing
from pipeline.manifest.load import pictures_wanted, read
from tests.unit.manifest.samples import (
    EDIT,
    FILES,
    MANIFEST,
    NANO,
    QWEN,
    SEQUENTIAL,
    TEXT,
    facts_of,
    load,
    load_workspace,
)

SHORT = """\
version: 1
campaign: spring
model: bytedance/seedream-v4.5/edit-sequential
images: {bag: images/bag/*.jpg}
prompt: Put {set.subject} on {variant.surface}.
variants:
  oak: {surface: oiled oak}
  marble: {surface: white marble}
"""


def campaign_of(text, **others):
    loaded = load(text, **others)
    assert loaded.codes == []
    return loaded.campaign


def test_a_whole_manifest_becomes_a_campaign():
    campaign = campaign_of(MANIFEST)
    assert campaign.name == "spring"
    assert campaign.title == "Spring 2026"
    assert campaign.tags == ("apparel", "hero")
    assert campaign.file == "campaigns/spring/campaign.yaml"
    assert campaign.manifest == digest(MANIFEST)
    anna, bag = campaign.sets
    assert [(one.id, one.path, one.focus) for one in anna.pictures] == [
        ("back", "images/anna/back.jpg", None),
        ("front", "images/anna/front.jpg", (500, 350)),
    ]
    assert anna.reference == anna.pictures[1]
    assert anna.values == {"subject": "the woman"}
    assert anna.pictures[0].facts == facts_of("images/anna/back.jpg")
    assert bag.reference is None
    assert bag.values == {"subject": "the bag"}
    assert campaign.prompt.startswith("Put {set.subject} in ")
    assert campaign.prompt == campaign.prompt.strip()
    assert campaign.variants[0] == Variant(
        "snow", {"place": "a snowy street", "light": "cold morning light"}, {}
    )
    assert campaign.master == PixelSize(4096, 4096)
    assert campaign.sizes == (
        Size("feed", PixelSize(1080, 1350)),
        Size("story", PixelSize(1080, 1920), native=PixelSize(2304, 4096)),
        Size(
            "shop",
            PixelSize(2000, 2000),
            fit="contain",
            format="webp",
            quality=82,
            max_bytes=500_000,
        ),
    )
    assert campaign.matrix.exclude == (
        Exclude(Where(set="bag", variant="snow"), "no bag outdoors"),
    )
    assert campaign.matrix.extend == (Extend(Where(variant="snow"), {"light": "blue hour"}, {}),)
    assert campaign.matrix.add == (Add(Where(set="anna", variant="studio", take=2)),)
    assert campaign.budget == Budget(12_000_000, 80, 200, 600_000)
    assert campaign.prompt_at == Span("campaigns/spring/campaign.yaml", 14, 9)
    assert campaign.matrix.add[0].at == Span("campaigns/spring/campaign.yaml", 28, 13)


def test_what_is_left_out_has_a_default():
    campaign = campaign_of(SHORT)
    assert (campaign.title, campaign.owner, campaign.tags) == ("spring", "", ())
    assert campaign.takes == 1
    assert campaign.master == PixelSize(4096, 4096)
    assert campaign.sizes == ()
    assert campaign.budget == Budget()
    assert campaign.sequence == "pictures"
    assert campaign.assume_max is None
    subjects = campaign_of(SHORT.replace("{bag:", "{red_hand-bag:")).sets[0].values
    assert subjects == {"subject": "the red hand bag"}


def test_words_alone_make_a_campaign_too():
    text = f"version: 1\ncampaign: spring\nmodel: {TEXT.model}\nprompt: A bag on oak.\n"
    campaign = campaign_of(text, files=())
    assert campaign.sets == ()
    assert campaign.variants == (Variant("base", {}, {}),)


def test_a_list_of_patterns_in_short_form_keeps_its_places():
    text = SHORT.replace("images/bag/*.jpg", "[images/bag/*.jpg, images/hat/*.jpg]")
    [problem] = load(text).problems
    assert problem.code == codes.NO_MATCH
    assert problem.at.column == text.splitlines()[3].index("images/hat") + 1


def test_parameters_enter_in_the_kind_that_the_model_wants():
    text = (
        SHORT.replace(SEQUENTIAL.model, QWEN.model)
        .replace("oiled oak}", "oiled oak, params: {strength: 0.50}}")
        .replace("white marble}", 'white marble, params: {watermark: "true"}}')
    )
    text += "master: 1024x1024\nparams: {seed: 7, negative_prompt: 5}\n"
    text += "matrix:\n  extend: [{where: {variant: oak}, with: {params: {strength: 1}}}]\n"
    campaign = campaign_of(text)
    assert campaign.params == {"seed": 7, "negative_prompt": "5"}
    assert campaign.variants[0].params == {"strength": "0.5"}
    assert campaign.variants[1].params == {"watermark": True}
    assert campaign.matrix.extend[0].params == {"strength": "1"}


def test_only_what_is_wanted_is_looked_at():
    step = read(MANIFEST, file="c.yaml")
    wanted = pictures_wanted(step, Listing((*FILES, "images/hat/x.jpg")))
    assert wanted.paths == tuple(sorted(path for path in FILES if path.endswith(".jpg")))
    assert step.decoded is not None
    assert read("a: [", file="c.yaml").decoded is None


def problems_of(old, new, base=SHORT, **others):
    text = base.replace(old, new) if old else base + new
    assert text != base
    return load(text, **others).codes


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        # names
        ("campaign: spring", "campaign: spring-", [codes.FOLDER]),
        ("campaign: spring", f"campaign: {'s' * 61}", [codes.NAME]),
        ("campaign: spring", "campaign: -spring", [codes.NAME]),
        ("{bag:", "{bag_1-x:", []),
        ("{bag:", "{_bag:", [codes.ID]),
        ("{bag:", f"{{{'b' * 61}:", [codes.ID]),
        ("oak:", "2026:", []),
        # prompt and values
        ("{set.subject}", "the bag", []),
        ("oiled oak", "", [codes.KIND]),
        ("oiled oak", "' '", [codes.EMPTY_VALUE]),
        ("oak: {surface: oiled oak}", "oak: {}", [codes.MISSING_VALUE]),
        ("{variant.surface}", "oak", [codes.UNUSED_VALUE]),
        ("{variant.surface}", "{variant.surfase}", [codes.UNKNOWN_VALUE]),
        ("{variant.surface}", "{ variant.surface }", [codes.STRAY]),
        ("{variant.surface}", "{{variant.surface}}", [codes.STRAY]),
        ("{variant.surface}", "{variant.surface", [codes.STRAY, codes.UNUSED_VALUE]),
        ("{variant.surface}", "{variant.surface} {set.subject} {set.subject}", []),
        ("oiled oak", "{variant.surface}", [codes.KIND]),
        # takes and sizes
        ("", "takes: 50\n", []),
        ("", "master: 1920x1920\n", []),
        ("", "master: 1919x1920\n", [codes.NATIVE_PIXELS]),
        ("", "master: 4096x4097\n", [codes.NATIVE_PIXELS]),
        ("", "master: 16384x1024\n", []),
        ("", "master: 16400x1000\n", [codes.NATIVE_RATIO]),
        ("", "sizes: {a: 10000x1}\n", [codes.ENLARGED]),
        ("", "sizes: {a: 10001x1}\n", [codes.DELIVERY_SIDE]),
        ("", "sizes: {a: 4096x4096}\n", []),
        ("", "sizes: {a: 4096x4097}\n", [codes.ENLARGED]),
        ("", "sizes: {a: {size: 4000x4097, fit: contain}}\n", []),
        ("", "sizes: {a: {size: 4097x4097, fit: contain}}\n", [codes.ENLARGED]),
        ("", "sizes: {a: {size: 5000x5000, upscale: true}}\n", []),
        ("", "sizes: {a: {size: 2000x2000, fit: exact}}\n", []),
        ("", "sizes: {a: {size: 2000x2001, fit: exact}}\n", []),
        ("", "sizes: {a: {size: 2000x2003, fit: exact}}\n", [codes.SHAPE]),
        ("", "sizes: {a: {size: 5000x5000, fit: exact}}\n", [codes.ENLARGED]),
        ("", "sizes: {a: instagram-story}\n", []),
        ("", "sizes: {a: {destination: amazon-main, size: 1600x1600}}\n", []),
        ("", "sizes: {a: {destination: amazon-main, size: 5000x5000}}\n", [codes.ENLARGED]),
        ("", "sizes: {a: somewhere}\n", [codes.UNKNOWN_DESTINATION]),
        ("", "sizes: {a: {format: png}}\n", [codes.MISSING_KEY]),
        ("", "sizes: {nul: 100x100}\n", [codes.DEVICE_NAME]),
        ("", "sizes: {a: {size: 100x100, native: 512x512}}\n", [codes.NATIVE_PIXELS]),
        # money
        ("", "budget: {cap: 1, max_per_job: 1.00 USD}\n", []),
        ("", "budget: {cap: 1, max_per_job: 1.01}\n", [codes.PER_JOB]),
        ("", "budget: {max_per_job: 1.01}\n", []),
        ("", "assume_max_usd: 0.04\n", []),
        ("", "assume_max_usd: 0.039999\n", [codes.CEILING]),
        # rules
        ("", "matrix: {exclude: [{set: b*, variant: '[om]*'}]}\n", []),
        ("", "matrix: {exclude: [{size: master, take: 7}]}\n", []),
        ("", "matrix: {exclude: [{set: b*, picture: to*}]}\n", []),
        ("", "matrix: {exclude: [{picture: nothing}]}\n", [codes.RULE_NAME]),
        ("", "matrix: {exclude: [{}]}\n", [codes.RULE_ALL]),
        ("", "matrix: {extend: [{where: {}, with: {surface: x}}]}\n", []),
        ("", "matrix: {extend: [{where: {}, with: {light: x}}]}\n", [codes.UNUSED_VALUE]),
        ("", "matrix: {extend: [{where: {}, with: {surface: ''}}]}\n", [codes.EMPTY_VALUE]),
        ("", "matrix: {add: [{set: bag}]}\n", [codes.MISSING_KEY]),
        ("", "matrix: {add: [{take: 51}]}\n", [codes.RANGE]),
        # parameters
        ("", "params: {prompt: x}\n", [codes.OWNED_PARAM]),
        ("", "params: {enable_sync_mode: true}\n", [codes.OWNED_PARAM]),
        ("", "params: {seed: 5}\n", [codes.UNKNOWN_PARAM]),
        # later words of the language
        ("", "destinations: {}\n", [codes.UNKNOWN_KEY]),
        ("", "review: 3\n", [codes.KIND]),
        ("", "review: {need: 0}\n", [codes.RANGE]),
        ("", "review: {needs: 2}\n", [codes.UNKNOWN_KEY]),
    ],
)
def test_each_slip_is_one_problem(old, new, found):
    assert problems_of(old, new) == found


def test_a_warning_does_not_stop_a_campaign():
    text = SHORT + "extends: ../_base.yaml\nmax_jobs: 9\n"
    loaded = load(text, others={"_base.yaml": "version: 1\nmax_jobs: 5\n"})
    assert [problem.severity for problem in loaded.problems] == [Severity.WARNING]
    assert loaded.campaign is not None


def test_a_value_may_come_from_a_rule():
    text = SHORT.replace("oak: {surface: oiled oak}", "oak: {}")
    rule = "matrix: {{extend: [{{where: {{variant: {}}}, with: {{surface: x}}}}]}}\n"
    assert load(text + rule.format("oak")).codes == []
    assert load(text + rule.format("'o*'")).codes == []
    assert load(text + rule.format("marble")).codes == [codes.MISSING_VALUE]


def test_values_of_sets_are_for_all_sets():
    text = SHORT.replace("{bag: images/bag/*.jpg}", "{bag: {files: images/bag/*.jpg}}")
    text = text.replace("files:", "values: {colour: red}, files:")
    assert load(text).codes == [codes.UNUSED_VALUE]
    text = text.replace("Put {set.subject}", "Put the {set.colour} {set.subject}")
    assert campaign_of(text).sets[0].values == {"subject": "the bag", "colour": "red"}
    more = text.replace("}}\nprompt", "}, anna: images/anna/*.jpg}\nprompt")
    assert load(more).codes == [codes.MISSING_VALUE]


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"format": "gif"}, codes.FORMAT),
        ({"size": 10_000_001}, codes.HEAVY),
        ({"width": 6001, "height": 6000}, codes.PIXELS),
        ({"width": 14, "height": 100}, codes.SMALL),
        ({"width": 1601, "height": 100}, codes.RATIO),
        (None, codes.UNREADABLE),
    ],
)
def test_pictures_beyond_the_models_limits(changed, found):
    path = "images/bag/top.jpg"
    facts = "it is no picture" if changed is None else facts_of(path, **changed)
    loaded = load(SHORT, facts={path: facts})
    assert loaded.codes == [found]
    assert loaded.problems[0].at.line == 4


def test_pictures_at_the_models_limits():
    path = "images/bag/top.jpg"
    for changed in (
        {"size": 10_000_000},
        {"width": 6000, "height": 6000},
        {"width": 15, "height": 240},
    ):
        assert load(SHORT, facts={path: facts_of(path, **changed)}).codes == []


def test_a_reference_is_held_to_the_same_limits():
    text = SHORT.replace("images/bag/*.jpg", "{files: images/bag/top.jpg, reference: x.gif}")
    files = ("images/bag/top.jpg", "x.gif")
    loaded = load(text, files=files, facts={"x.gif": facts_of("x.gif", format="gif")})
    assert loaded.codes == [codes.FORMAT]


def test_a_set_of_its_reference_alone_needs_one_input():
    text = SHORT.replace(SEQUENTIAL.model, "example/solo/edit").replace(
        "images/bag/*.jpg", "{files: images/bag/top.jpg, reference: images/bag/top.jpg}"
    )
    assert load(text).codes == []
    assert load(text.replace("files: images/bag/top", "files: images/bag/side")).codes == [
        codes.INPUTS
    ]


@pytest.mark.parametrize(
    ("master", "found"),
    [
        ("", [codes.MASTER_NEEDED]),
        ("master: 4096x4096\n", []),
        ("master: 2048x2048\n", []),
        ("master: 3712x4608\n", []),
        ("master: 3713x4608\n", [codes.NATIVE_SIDE]),
        ("master: 2100x900\n", [codes.NATIVE_SIDE]),
        ("master: 3000x2000\n", [codes.NATIVE_ASPECT]),
        ("master: 8192x8192\n", [codes.NATIVE_SIDE]),
        ("sizes: {a: {size: 10x10, native: 1024x1024}}\n", []),
    ],
)
def test_models_with_named_resolutions(master, found):
    assert load(SHORT.replace(SEQUENTIAL.model, NANO.model) + master).codes == found


def test_the_master_is_not_asked_for_where_nothing_is_derived_from_it():
    text = SHORT.replace(SEQUENTIAL.model, QWEN.model)
    assert load(text).codes == [codes.MASTER_NEEDED]
    native = "sizes: {a: {size: 100x100, native: 1024x1024}}\n"
    assert load(text + native).codes == []
    assert load(text + native + "matrix: {exclude: [{size: master}]}\n").codes == [codes.RULE_SIZE]


def test_native_sizes_of_equal_pixels_go_by_the_first_name():
    sizes = "sizes:\n" + "".join(
        f"  {name}: {{size: 10x10, native: 2304x4096}}\n" for name in ("a", "b")
    )
    rule = "matrix: {{exclude: [{{size: {}, set: bag}}]}}\n"
    assert load(SHORT + sizes + rule.format("a")).codes == []
    assert load(SHORT + sizes + rule.format("b")).codes == [codes.RULE_SIZE]
    as_master = sizes.replace("2304x4096", "4096x4096")
    assert load(SHORT + as_master + rule.format("master")).codes == []


def test_the_workspace_forbids():
    workspace = Workspace(forbidden=(SEQUENTIAL.model,))
    assert load(SHORT, workspace=workspace).codes == [codes.FORBIDDEN_MODEL]


def test_everything_that_is_wrong_is_said_at_once_and_once():
    text = """\
version: 1
campaign: Spring
titel: x
model: bytedance/seedream-v4.5/edit-sequental
images:
  bag: {files: images/bag/*.png, sbject: the bag}
  hat: {subject: the hat}
prompt: Put {set.subject} on {variant.surfcae}. Make 3 images.
variants:
  oak: {surface: oiled oak, light: [x]}
takes: 014
sizes: {feed: 1080, wide: 12000x9}
matrix:
  exclude: [5, {set: bags}, {set: hat, size: feed}]
budget: {cap: 0, cap: 12.00 EUR}
"""
    loaded = load(text)
    assert loaded.codes == [
        codes.NAME,
        codes.UNKNOWN_KEY,
        codes.UNKNOWN_MODEL,
        codes.NO_MATCH,
        codes.UNKNOWN_KEY,
        codes.MISSING_KEY,
        codes.UNKNOWN_VALUE,
        codes.COUNTED,
        codes.KIND,
        codes.KIND,
        codes.SIZE,
        codes.DELIVERY_SIDE,
        codes.KIND,
        codes.RULE_NAME,
        codes.ZERO,
        codes.DUPLICATE,
    ]
    assert loaded.campaign is None
    lines = text.splitlines()
    for problem in loaded.problems:
        assert problem.source_line == lines[problem.at.line - 1]
        assert problem.what
        assert problem.why
        assert problem.fix
        assert problem.what[0].islower() or problem.what[0] == "`"
        assert not problem.what.endswith(".")


def test_a_broken_value_is_not_called_missing_or_unused_as_well():
    text = SHORT.replace("oiled oak", "[oak]").replace("on {variant.surface}", "on oak")
    assert codes.MISSING_VALUE not in load(SHORT.replace("oiled oak", "[oak]")).codes
    assert load(text).codes == [codes.KIND, codes.UNUSED_VALUE]


def test_a_later_version_stops_at_once():
    assert load("version: 2\nlayers: {}\n").codes == [codes.VERSION]


def reordered(value, order):
    if isinstance(value, dict):
        return {key: reordered(value[key], order) for key in sorted(value, key=order)}
    if isinstance(value, list):
        return [reordered(item, order) for item in value]
    return value


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter(random):
    """Sets, variants and sizes keep the order of the file; of all else only the content counts."""
    root = load(MANIFEST).read.source.value
    ordered = ("images", "variants", "sizes")
    shuffled = {
        key: {name: reordered(item, lambda _: random.random()) for name, item in value.items()}
        if key in ordered
        else reordered(value, lambda _: random.random())
        for key, value in sorted(root.items(), key=lambda _: random.random())
    }
    text = yaml.safe_dump(shuffled, sort_keys=False)
    without_text = {"manifest": "", "prompt_at": None, "budget_at": None}
    assert dataclasses.replace(campaign_of(text), **without_text) == dataclasses.replace(
        campaign_of(MANIFEST), **without_text
    )


LINES = MANIFEST.splitlines()
SCRAPS = st.sampled_from(
    [
        *("images: 5", "prompt:", "  - x", "sizes: [1]", "matrix: {exclude: 1}", "model: []"),
        *("campaign: {a: b}", "version: x", "budget: {cap: {}}", "variants: {a: {params: 1}}"),
        *("takes: {}", "params: {a: [b]}", "tags: {}", "images: {a: [[]], b: {files: []}}"),
        *("matrix: {extend: [{where: 1, with: {}}], add: [{}]}", "*x", "\t", "? ", "}"),
        *("sizes: {a: {size: {}, native: 1}}", "variants: {a: {params: {b: [1]}, b: ~}}"),
    ]
)


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(LINES), SCRAPS, st.text(max_size=20)), max_size=12))
def test_no_manifest_raises(lines):
    for strict in (False, True):
        loaded = load("\n".join(lines), strict=strict)
        assert (loaded.campaign is None) == any(one.is_error for one in loaded.problems)


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(LINES)), st.integers(0, 3), st.lists(SCRAPS, max_size=2))
def test_no_damage_to_a_manifest_raises(at, gone, put_in):
    lines = [*LINES[:at], *put_in, *LINES[at + gone :]]
    loaded = load("\n".join(lines))
    assert (loaded.campaign is None) == any(one.is_error for one in loaded.problems)


def test_a_workspace_is_read():
    text = f"""\
version: 1
account: {{tier: silver, concurrent: 20}}
exclusive: true
budget: {{cap: 500 USD, month: 100.50, month_images: 2000}}
prices: {{{EDIT.model}: 0.05}}
forbid_models: [{NANO.model}]
state: ../campaign-state
"""
    workspace, problems = load_workspace(text)
    assert problems == []
    assert workspace == Workspace(
        account=Account(requests_per_minute=500, concurrent=20, exclusive=True),
        cap=500_000_000,
        month_cap=100_500_000,
        month_images=2000,
        prices={EDIT.model: 50_000},
        forbidden=(NANO.model,),
        state="../campaign-state",
    )
    assert load_workspace("version: 1\n") == (Workspace(), [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [codes.NOT_A_MAP]),
        ("a: [", [codes.SYNTAX]),
        ("version: 7\n", [codes.VERSION]),
        ("budget: {}\n", [codes.MISSING_KEY]),
        ("version: 1\nforbid_models: [x, 5]\n", [codes.UNKNOWN_MODEL] * 2),
        ("version: 1\naccount: {concurrent: 0}\n", [codes.RANGE]),
        ("version: 1\nstate: /var/state\n", [codes.STATE]),
        ("version: 1\nstate: a\\b\n", [codes.STATE]),
        ("version: 1\nstate: ''\n", [codes.STATE]),
        (f"version: 1\nprices: {{{NANO.model}: 0.20}}\n", []),
        (f"version: 1\nprices: {{{NANO.model}: 0.13}}\n", [codes.CHEAPER]),
        (f"version: 1\nprices: {{{EDIT.model}: free}}\n", [codes.MONEY]),
        ("version: 1\nbudget: {month: 0}\n", [codes.ZERO]),
    ],
)
def test_a_workspace_with_problems(text, found):
    workspace, problems = load_workspace(text)
    assert [problem.code for problem in problems] == found
    assert (workspace is None) == bool(found)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60))
def test_no_workspace_raises(text):
    load_workspace(text)
    load_workspace("version: 1\n" + text)


def test_every_code_has_a_meaning_and_none_is_used_twice():
    named = [value for name, value in vars(codes).items() if name.isupper() and name != "MEANINGS"]
    assert len(named) == len(set(named))
    assert set(named) == set(codes.MEANINGS)
