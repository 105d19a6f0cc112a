import grader.setup_help
from grader.setup_help import missing


def test_nothing_is_said_where_nothing_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(grader.setup_help, "cached_path", lambda name: tmp_path)
    assert missing("en") == []


def test_what_is_missing_is_said_with_mirrors_and_without_a_network(tmp_path, monkeypatch):
    monkeypatch.setattr(grader.setup_help, "cached_path", lambda name: tmp_path / name)
    monkeypatch.setattr(
        grader.setup_help, "find_spec", lambda name: None if name == "matplotlib" else 1
    )
    package, model = missing("zh")
    assert "还缺 matplotlib" in package
    assert "-i https://pypi.tuna" in package
    assert "--no-index" in package
    assert "grader model --from" in model
    assert "grader model --from PATH" in missing("en")[1]
