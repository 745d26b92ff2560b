import subprocess

import pytest

from pipeline.adapters.places import Places, find_places, prepare_state
from pipeline.domain.diagnostics import CampaignError


def git(folder, *words):
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", *words],
        cwd=folder,
        check=True,
        capture_output=True,
    )


@pytest.fixture
def root(tmp_path):
    """A workspace with one campaign."""
    folder = tmp_path / "shop"
    (folder / "campaigns" / "winter" / "images" / "anna").mkdir(parents=True)
    (folder / "campaigns" / "winter" / "campaign.yaml").write_text("version: 1\n")
    return folder


class TestFinding:
    @pytest.mark.parametrize("below", [".", "campaigns", "campaigns/winter/images/anna"])
    def test_it_is_found_from_everywhere_below(self, root, below):
        assert find_places(root / below) == Places(root, root / ".campaign")

    def test_outside_of_one_it_says_where_it_looked(self, tmp_path):
        with pytest.raises(CampaignError) as refused:
            find_places(tmp_path)
        assert refused.value.exit_code == 2
        assert str(tmp_path) in refused.value.problems[0].why

    def test_the_innermost_one_counts(self, root):
        inner = root / "examples" / "demo"
        (inner / "campaigns").mkdir(parents=True)
        assert find_places(inner).root == inner

    def test_names_are_folders_with_a_manifest(self, root):
        (root / "campaigns" / "empty").mkdir()
        (root / "campaigns" / "workspace.yaml").write_text("")
        (root / "campaigns" / "autumn").mkdir()
        (root / "campaigns" / "autumn" / "campaign.yaml").write_text("")
        assert find_places(root).names() == ["autumn", "winter"]


class TestState:
    def test_the_workspace_may_place_it(self, root):
        assert find_places(root, state="../state").state == root / "../state"

    def test_the_environment_outranks_the_workspace(self, root, tmp_path, monkeypatch):
        monkeypatch.setenv("CAMPAIGN_STATE", str(tmp_path / "there"))
        assert find_places(root, state="here").state == tmp_path / "there"

    def test_a_relative_one_is_below_the_workspace(self, root, monkeypatch):
        monkeypatch.setenv("CAMPAIGN_STATE", "var/state")
        assert find_places(root / "campaigns").state == root / "var/state"

    def test_a_home_folder_is_understood(self, root, monkeypatch, tmp_path):
        monkeypatch.setenv("HOME", str(tmp_path))
        assert find_places(root, state="~/state").state == tmp_path / "state"

    def test_an_empty_variable_is_none(self, root, monkeypatch):
        monkeypatch.setenv("CAMPAIGN_STATE", "")
        assert find_places(root).state == root / ".campaign"


@pytest.mark.slow
class TestWorktrees:
    def commit(self, repository):
        git(repository, "init", "-q", "-b", "main")
        git(repository, "add", "-A")
        git(repository, "commit", "-q", "-m", "one")

    def test_all_worktrees_of_a_repository_share_one_state(self, root, tmp_path):
        self.commit(root)
        git(root, "worktree", "add", "-q", str(tmp_path / "branch"))
        places = find_places(tmp_path / "branch" / "campaigns")
        assert places.root == tmp_path / "branch"
        assert places.state == find_places(root).state == root / ".campaign"

    def test_also_where_the_workspace_is_a_part_of_the_repository(self, root, tmp_path):
        self.commit(tmp_path)
        elsewhere = tmp_path.parent / f"{tmp_path.name}-branch"
        git(tmp_path, "worktree", "add", "-q", str(elsewhere))
        assert find_places(elsewhere / "shop").state == root / ".campaign"

    def test_a_submodule_is_a_repository_of_its_own(self, root, tmp_path):
        self.commit(root)
        (tmp_path / "outer").mkdir()
        git(tmp_path / "outer", "init", "-q")
        git(
            tmp_path / "outer",
            "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(root), "shop",
        )  # fmt: skip
        inner = tmp_path / "outer" / "shop"
        assert find_places(inner).state == inner / ".campaign"


class TestRealms:
    def test_only_real_money_is_filed_under_git(self, root):
        places = find_places(root)
        assert places.lock("real", "winter") == root / "campaigns/winter/lock"
        assert places.lock("draft", "winter") == root / ".campaign/draft/lock/winter"
        assert places.lock("host-1", "winter") == root / ".campaign/host-1/lock/winter"

    def test_each_has_state_and_outputs_of_its_own(self, root):
        places = find_places(root)
        assert places.of_realm("real") == root / ".campaign"
        assert places.of_realm("draft") == root / ".campaign/draft"
        assert places.outputs("real", "winter") == root / "outputs/winter"
        assert places.outputs("draft", "winter") == root / "outputs/winter/draft"

    def test_whose_locks_there_may_be(self, root):
        places = find_places(root)
        assert places.lock_names("real") == ["winter"]
        assert places.lock_names("draft") == []
        places.lock("draft", "gone").mkdir(parents=True)
        assert places.lock_names("draft") == ["gone"]


def test_paths_are_shown_from_where_one_stands(root, monkeypatch):
    places = find_places(root)
    file = root / "campaigns" / "winter" / "campaign.yaml"
    monkeypatch.chdir(root)
    assert places.shown(file) == "campaigns/winter/campaign.yaml"
    monkeypatch.chdir(root / "campaigns" / "winter")
    assert places.shown(file) == "campaign.yaml"
    assert places.shown(root / "outputs") == "../../outputs"
    assert places.shown(root.parent / "state") == str(root.parent / "state")


def test_the_state_folder_keeps_itself_out_of_git_and_says_what_it_is(tmp_path):
    prepare_state(tmp_path / "deep" / "state")
    assert (tmp_path / "deep/state/.gitignore").read_text() == "*\n"
    assert "Do not delete it" in (tmp_path / "deep/state/README").read_text()
    (tmp_path / "deep/state/README").write_text("mine")
    prepare_state(tmp_path / "deep" / "state")
    assert (tmp_path / "deep/state/README").read_text() == "mine"
