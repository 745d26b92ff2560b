"""`campaign diff` on real repositories, and a demonstration pull request added up by hand."""

import re

import pytest

from pipeline.domain.history import Filed
from pipeline.domain.money import MicroUsd
from pipeline.domain.receipts import Charge
from tests.functional.cli import campaign
from tests.functional.workspace import Workspace
from tests.support.review import Clone, purchase, write

pytestmark = pytest.mark.slow

EACH = 40_000
IGNORED = ".campaign/\noutputs/\n"


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A workspace that is a repository, and the working directory."""
    return lay_out(tmp_path / "shop", monkeypatch)


def lay_out(root, monkeypatch, *, inside=""):
    clone = Clone.make(root)
    (root / ".gitignore").write_text(IGNORED)
    workspace = Workspace.make(root / inside if inside else root, shared="")
    monkeypatch.chdir(workspace.root)
    return Shop(clone, workspace)


class Shop:
    def __init__(self, clone, workspace):
        self.clone = clone
        self.workspace = workspace

    def __getattr__(self, name):
        return getattr(self.workspace, name)

    def commit(self):
        return self.clone.commit()


def document(*argv):
    ran = campaign("diff", *argv, "--format", "json")
    return ran.document


def totals(found):
    return {
        "remaining": found["totals"]["after"]["remaining"],
        "change": found["totals"]["change"],
        "orphaned": found["totals"]["orphaned"],
    }


# -- the demonstration

PROMPT = "Put {set.subject} in {variant.place}."


def demonstration(shop):
    """A pull request that forks one variant, adds a picture and a campaign, and renames one.

    Base                                        Head
    winter   3 pictures x 2 variants, bought    snow reworded; a fourth picture
    bags     2 pictures, not bought             the same
    old      2 pictures, bought                 called `older`
    spring   -                                  4 pictures
    """
    rules = "rules: {max_increase_usd: 0.30 USD, max_orphaned_usd: 0.12 USD, max_increase_pct: 80%}"
    shop.share(rules)
    shop.campaign("winter", pictures=(1, 2, 3), variants=("snow", "studio"))
    shop.campaign("bags", pictures=(11, 12))
    shop.campaign("old", pictures=(21, 22))
    assert (purchase(shop.workspace, "winter"), purchase(shop.workspace, "old")) == (6, 2)
    shop.commit()
    shop.clone.branch("topic")
    shop.pictures("winter", (4,))
    shop.edit("winter", "place: a place called snow", "place: a snowy street")
    shop.folder("old").rename(shop.folder("older"))
    shop.edit("older", "campaign: old", "campaign: older")
    shop.campaign("spring", pictures=(31, 32, 33, 34))
    shop.commit()


BY_HAND = """
campaign        | pictures | gross | bought | to buy now | change | orphaned
`winter`        | 6 → 8    | $0.32 | $0.12  | $0.20      | +$0.20 | $0.12
`spring` (new)  | 4        | $0.16 | $0.00  | $0.16      | +$0.16 | $0.00
`older` (was old) | 2      | $0.08 | $0.08  | $0.00      | $0.00  | $0.00
**all campaigns** | 10 → 16 | $0.64 | $0.20 | $0.44      | +$0.36 | $0.12
"""
"""Head of `winter`: 4 pictures x 2 variants x $0.04 = $0.32, of which 3 of `studio` are bought; to
buy are 4 of `snow` and 1 of `studio`. Discarded: 3 of the old `snow`. All: with `bags`, $0.08."""


def cells(line):
    return [cell.strip().strip("*") for cell in line.strip().strip("|").split("|")]


def test_a_pull_request_agrees_with_a_table_made_by_hand(shop):
    demonstration(shop)
    ran = campaign("diff", "main..topic", "--format", "md")
    table = [cells(line) for line in ran.out.splitlines() if line.startswith("|")]
    for line in BY_HAND.strip().splitlines():
        wanted = cells(line)
        assert wanted in [row[: len(wanted)] for row in table], line
    assert "buys 11 pictures for $0.44 now (+$0.36 against base)" in ran.out
    assert "`winter`: its prompt changed, so 3 paid pictures ($0.12) are discarded and 3 are" in (
        ran.out
    )
    assert "1 campaign unchanged, $0.08 of theirs to buy" in ran.out
    # +$0.36 of base's gross of $0.40 is 90%.
    rules = {row[0].strip("`"): row[2:5] for row in table if len(row) == 5}
    assert rules["max_increase_usd"] == ["$0.36", "$0.30", "failed"]
    assert rules["max_orphaned_usd"] == ["$0.12", "$0.12", "passed"]
    assert rules["max_increase_pct"] == ["90%", "80%", "failed"]
    assert ran.code == 3


def test_what_it_says_is_what_a_run_on_the_merged_branch_would_pay(shop):
    demonstration(shop)
    said = document("main..topic")["totals"]["after"]
    plans = campaign("plan", "--all", "--json").document["plan"]
    assert said["remaining"] == sum(plan["totals"]["cost"] for plan in plans)
    assert said["to_buy"] == sum(plan["totals"]["images"] for plan in plans)


def test_the_same_commits_give_the_same_bytes_from_anywhere(shop, tmp_path, monkeypatch):
    demonstration(shop)
    shop.clone.git("clone", "--quiet", str(shop.clone.root), str(tmp_path / "other"))
    forms = ("md", "json")
    here = [campaign("diff", "main..topic", "--format", form).out for form in forms]
    assert [campaign("diff", "main..topic", "--format", form).out for form in forms] == here
    monkeypatch.chdir(tmp_path / "other")
    there = [campaign("diff", "origin/main..origin/topic", "--format", form).out for form in forms]
    assert there == here


def test_the_working_tree_is_compared_as_it_lies_there(shop):
    demonstration(shop)
    committed = document("main..topic")
    same = document("main")
    assert same["head"] == {"commit": committed["head"]["commit"], "worktree": True}
    assert same["totals"] == committed["totals"]
    assert same["campaigns"] == committed["campaigns"]
    shop.pictures("winter", (5,))
    assert document("main")["totals"]["change"] == committed["totals"]["change"] + 2 * EACH
    assert document("main..topic") == committed


def test_neither_a_checkout_nor_a_store_nor_a_key_is_needed(shop, tmp_path, monkeypatch):
    demonstration(shop)
    said = document("main..topic")
    bare = tmp_path / "bare"
    shop.clone.git("clone", "--quiet", "--no-checkout", str(shop.clone.root), str(bare))
    (bare / "campaigns").mkdir()
    monkeypatch.chdir(bare)
    assert document("origin/main..origin/topic") == said


def test_a_workspace_in_a_folder_of_the_repository(tmp_path, monkeypatch):
    shop = lay_out(tmp_path / "mono", monkeypatch, inside="teams/shoes")
    demonstration(shop)
    assert totals(document("main..topic")) == {
        "remaining": 11 * EACH,
        "change": 9 * EACH,
        "orphaned": 3 * EACH,
    }
    assert totals(document("main"))["change"] == 9 * EACH


# -- sides


def test_a_branch_is_compared_with_where_it_left(shop):
    shop.campaign("winter", pictures=(1, 2))
    shop.commit()
    shop.clone.branch("topic")
    shop.pictures("winter", (3,))
    shop.commit()
    shop.clone.go("main")
    shop.campaign("autumn", pictures=(8,))
    shop.commit()
    plain, forked = document("main..topic"), document("main...topic")
    assert totals(plain)["change"] == 0, "one picture more, and one campaign less"
    assert totals(forked)["change"] == EACH
    assert (plain["base_has_moved"], forked["base_has_moved"]) == (True, False)
    assert forked["base"]["commit"] == shop.clone.git("merge-base", "main", "topic")
    shop.clone.go("topic")
    assert document("main...") == forked


def test_what_main_has_bought_meanwhile_is_not_bought_again(shop):
    shop.campaign("winter", pictures=(1, 2))
    shop.commit()
    shop.clone.branch("topic")
    shop.pictures("winter", (3,))
    shop.commit()
    shop.clone.go("main")
    purchase(shop.workspace, "winter")
    shop.commit()
    for revisions in ("main...topic", "main..topic"):
        found = document(revisions)
        assert totals(found) == {"remaining": EACH, "change": EACH, "orphaned": 0}
        assert found["receipts"]["lost"] == []
    assert document("main..topic")["receipts"]["behind"] == 1


@pytest.mark.parametrize("side", ["..", "HEAD..HEAD", "HEAD", "...", "main...HEAD"])
def test_a_side_left_out_is_head(shop, side):
    shop.campaign("winter")
    shop.commit()
    assert totals(document(side))["change"] == 0


def test_the_first_campaign_of_a_repository(shop):
    shop.commit()
    shop.campaign("winter")
    found = document("HEAD")
    assert totals(found)["change"] == 2 * EACH
    assert [row["status"] for row in found["campaigns"]] == ["added"]


# -- receipts


def lost(found):
    return [(one["campaign"], one["kind"]) for one in found["receipts"]["lost"]]


def bought_shop(shop):
    shop.campaign("winter", pictures=(1, 2))
    purchase(shop.workspace, "winter")
    shop.commit()
    return next(shop.lock("winter").iterdir())


def test_a_receipt_that_goes_missing_fails(shop):
    file = bought_shop(shop)
    assert campaign("diff", "HEAD").code == 0
    file.unlink()
    ran = campaign("diff", "HEAD")
    assert ran.code == 3
    assert "1 receipt of base is missing" in ran.out
    assert "campaigns/winter/lock: gen " in ran.out
    found = document("HEAD")
    assert lost(found) == [("winter", "gen")]
    assert totals(found)["remaining"] == 0, "it is paid all the same"


def test_a_receipt_that_was_edited_is_missing(shop):
    file = bought_shop(shop)
    file.write_text(file.read_text().replace('"quote":80000', '"quote":1'))
    assert campaign("diff", "HEAD").code == 3


def test_receipts_that_moved_were_split_or_written_otherwise_are_not_missing(shop):
    file = bought_shop(shop)
    purchase(shop.workspace, "winter", run="r-2")
    header, line = file.read_text().splitlines()
    loose = re.sub(r'(?<=[0-9"\]}]),(?=")', ", ", line)
    assert loose != line
    file.rename(file.with_name("moved.jsonl"))
    file.with_name("moved.jsonl").write_text(f"{header}\n{header}\n{loose}\n")
    assert campaign("diff", "HEAD").code == 0
    shop.folder("winter").rename(shop.folder("frost"))
    shop.edit("frost", "campaign: winter", "campaign: frost")
    assert campaign("diff", "HEAD").code == 0


def test_a_campaign_that_goes_may_leave_its_receipts_behind(shop):
    bought_shop(shop)
    (shop.folder("winter") / "campaign.yaml").unlink()
    found = document("HEAD")
    assert lost(found) == []
    assert totals(found)["orphaned"] == 2 * EACH


def test_a_workspace_may_only_warn_of_missing_receipts(shop):
    shop.share("rules: {lost_receipts: warn}")
    file = bought_shop(shop)
    file.unlink()
    ran = campaign("diff", "HEAD")
    assert ran.code == 0
    assert "Not met, but only a warning: lost_receipts." in ran.out
    assert campaign("diff", "HEAD", "--fail-on", "lost_receipts").code == 3


def test_rows_of_the_bill_are_receipts_too(shop):
    bought_shop(shop)
    charge = Charge("a-1", "row-1", MicroUsd(5), "2026-11-21T00:00:00Z")
    write(shop.workspace, "winter", [Filed("winter", charge)], run="r-bill")
    shop.commit()
    (shop.lock("winter") / "20261120-r-bill.jsonl").unlink()
    assert lost(document("HEAD")) == [("winter", "charge")]


def test_conflict_markers_in_a_lock_keep_both_sides(shop):
    file = bought_shop(shop)
    header, line = file.read_text().splitlines()
    file.write_text(f"{header}\n<<<<<<< HEAD\n{line}\n=======\n>>>>>>> topic\n")
    ran = campaign("diff", "HEAD")
    assert ran.code == 0
    assert "warning[S0" in ran.err


# -- rules


def test_rules_that_are_named_fail_alone(shop):
    shop.share("rules: {max_increase_usd: 0.01 USD}")
    shop.commit()
    shop.campaign("winter", budget="cap: 0.05 USD")
    assert campaign("diff", "HEAD").code == 3
    assert campaign("diff", "HEAD", "--fail-on", "lost_receipts").code == 0
    assert campaign("diff", "HEAD", "--fail-on", "lost_receipts", "--fail-on", "caps").code == 3


def test_a_rule_without_a_limit_cannot_be_asked_to_fail(shop):
    shop.commit()
    ran = campaign("diff", "HEAD", "--fail-on", "max_orphaned_usd")
    assert ran.code == 2
    assert "error[M126]" in ran.err
    assert campaign("diff", "HEAD", "--fail-on", "nonsense").code == 2


def test_a_change_cannot_relax_the_rule_that_it_breaks(shop):
    shop.share("rules: {max_increase_usd: 0.01 USD}")
    shop.commit()
    shop.share("rules: {max_increase_usd: 9.00 USD}")
    shop.campaign("winter")
    ran = campaign("diff", "HEAD")
    assert ran.code == 3
    assert "This change relaxes a rule; it is judged by base's" in ran.out


def test_a_price_that_rises_is_part_of_the_change(shop):
    shop.campaign("winter")
    shop.commit()
    shop.share("prices: {bytedance/seedream-v4.5/edit-sequential: 0.05}")
    found = document("HEAD")
    assert totals(found) == {"remaining": 100_000, "change": 20_000, "orphaned": 0}
    (price,) = found["settings"]
    assert (price["what"], price["before"], price["after"]) == (
        "price of bytedance/seedream-v4.5/edit-sequential",
        None,
        50_000,
    )
    assert [row["status"] for row in found["campaigns"]] == ["changed"]


# -- problems


def test_a_broken_manifest_names_the_commit_and_the_place(shop):
    shop.campaign("winter")
    shop.commit()
    shop.clone.branch("topic")
    shop.edit("winter", "version: 1", "version: 1\nprompts: what")
    shop.commit()
    shop.clone.go("main")
    for revisions in ("main..topic", "topic..main"):
        ran = campaign("diff", revisions)
        assert ran.code == 2
        assert "error[M021]: unknown key `prompts`" in ran.err
        assert " --> topic:campaigns/winter/campaign.yaml:2:1" in ran.err
        assert ran.out == ""


def test_problems_of_both_sides_come_together(shop):
    shop.campaign("winter", prompt="Put {set.subject} in {variant.plaice}.")
    shop.share("budgets: 1")
    shop.commit()
    shop.share("rules: {max_increase_pct: much}")
    ran = campaign("diff", "HEAD")
    assert ran.code == 2
    for part in (
        " --> HEAD:campaigns/winter/campaign.yaml:",
        " --> HEAD:campaigns/workspace.yaml:2:1",
        " --> campaigns/workspace.yaml:2:",
        " --> campaigns/winter/campaign.yaml:",
    ):
        assert part in ran.err


def test_dead_rules_are_problems_here_as_well(shop):
    shop.campaign("winter", more=["matrix:", "  add: [{take: 1}]"])
    shop.commit()
    ran = campaign("diff", "HEAD")
    assert ran.code == 2
    assert "error[P001]" in ran.err
    assert "HEAD:campaigns/winter/campaign.yaml" in ran.err


@pytest.mark.parametrize("name", ["nowhere", "--all", "main:campaigns", "@{99}"])
def test_a_revision_that_does_not_exist(shop, name):
    shop.commit()
    ran = campaign("diff", "--", name)
    assert ran.code == 2
    assert "error[M121]: there is no commit" in ran.err


def test_a_damaged_lock_stops_with_its_place(shop):
    file = bought_shop(shop)
    shop.clone.branch("topic")
    file.write_text('{"lock":1}\n{"kind":"gen"}\n')
    shop.commit()
    ran = campaign("diff", "main..topic")
    assert ran.code == 12
    assert f"topic:campaigns/winter/lock/{file.name}:2:1" in ran.err


def test_histories_that_never_met(shop):
    shop.campaign("winter")
    shop.commit()
    shop.clone.git("checkout", "--quiet", "--orphan", "apart")
    shop.clone.commit("another beginning")
    assert campaign("diff", "main..apart").code == 0
    ran = campaign("diff", "main...apart")
    assert ran.code == 2
    assert "error[M122]" in ran.err


def test_a_receipt_is_rather_thought_lost_where_histories_never_met(shop):
    file = bought_shop(shop)
    shop.clone.git("checkout", "--quiet", "--orphan", "apart")
    file.unlink()
    shop.commit()
    assert campaign("diff", "main..apart").code == 3


# -- clones that lack something, and pictures in Git LFS


def clone_of(shop, tmp_path, monkeypatch, *how):
    shop.clone.git("config", "uploadpack.allowFilter", "true")
    there = tmp_path / "there"
    shop.clone.git("clone", "--quiet", *how, f"file://{shop.clone.root}", str(there))
    monkeypatch.chdir(there)


def test_a_shallow_clone(shop, tmp_path, monkeypatch):
    shop.campaign("winter")
    shop.commit()
    shop.commit()
    clone_of(shop, tmp_path, monkeypatch, "--depth=1")
    ran = campaign("diff", "HEAD~1..HEAD")
    assert ran.code == 2
    assert "`fetch-depth: 0`" in ran.err


def test_a_partial_clone(shop, tmp_path, monkeypatch):
    shop.campaign("winter", pictures=(1, 2))
    shop.commit()
    for number in (1, 2):
        (shop.folder("winter") / "images" / f"p{number:03}.jpg").unlink()
    shop.pictures("winter", (3,))
    shop.commit()
    clone_of(shop, tmp_path, monkeypatch, "--filter=blob:limit=200")
    ran = campaign("diff", "HEAD~1..HEAD")
    assert ran.code == 2
    assert "error[M123]: `HEAD~1:campaigns/winter/images/p001.jpg` and 1 more cannot" in ran.err
    assert "`fetch-depth: 0`" in ran.err


def as_pointer(file):
    import hashlib  # noqa: PLC0415 (one test)

    content = file.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    file.write_text(
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(content)}\n"
    )


@pytest.mark.parametrize("revisions", ["HEAD~1..HEAD", "HEAD~1"])
def test_a_pointer_is_as_good_as_its_picture(shop, revisions):
    bought_shop(shop)
    for file in (shop.folder("winter") / "images").iterdir():
        as_pointer(file)
    shop.pictures("winter", (3,))
    as_pointer(shop.folder("winter") / "images" / "p003.jpg")
    shop.commit()
    found = document(revisions)
    assert totals(found) == {"remaining": EACH, "change": EACH, "orphaned": 0}
    assert found["pointers"] == 3
    assert "known by a Git LFS pointer" in campaign("diff", revisions).out
    ran = campaign("check", "winter")
    assert ran.code == 2, "what is assumed for a pointer must not be remembered as a fact"


def test_a_pointer_tells_how_heavy_its_picture_is(shop):
    shop.campaign("winter", pictures=(1,))
    file = shop.folder("winter") / "images" / "p001.jpg"
    as_pointer(file)
    file.write_text(re.sub(r"size \d+", "size 99000000", file.read_text()))
    shop.commit()
    ran = campaign("diff", "HEAD..HEAD")
    assert ran.code == 2
    assert "error[M053]" in ran.err


# -- what it writes


def test_all_forms_are_saved_at_once(shop, tmp_path):
    demonstration(shop)
    there = tmp_path / "report" / "of-this"
    ran = campaign("diff", "main..topic", "--format", "md", "--save", str(there))
    assert (there / "diff.md").read_text("utf-8") == ran.out
    assert (there / "diff.txt").read_text("utf-8") == campaign("diff", "main..topic").out
    json_form = campaign("diff", "main..topic", "--format", "json").out
    assert (there / "diff.json").read_text("utf-8") == json_form
    blocked = campaign("diff", "main..topic", "--save", str(there / "diff.md" / "x"))
    assert blocked.code == 2


def test_nothing_in_the_repository_is_touched(shop):
    demonstration(shop)
    before = shop.clone.git("status", "--porcelain=v2", "--branch", "--ignored")
    campaign("diff", "main..topic")
    after = shop.clone.git("status", "--porcelain=v2", "--branch", "--ignored")
    assert after == before
