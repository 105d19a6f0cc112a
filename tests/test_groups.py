"""What makes a run of all tests slow, and is held here: groups of tests, names of tests."""

from pathlib import Path


def test_a_file_stays_on_one_worker(request, worker_id):
    if worker_id != "master":
        assert request.node.nodeid.endswith(f"@{request.node.path}")


def test_all_browser_tests_are_one_group(request):
    browser = Path(__file__).parent / "browser"
    here = [item for item in request.session.items if browser in item.path.parents]
    assert len({mark.args[0] for item in here for mark in item.iter_markers("xdist_group")}) <= 1


def test_no_test_has_a_name_of_a_page(request):
    assert max(len(item.nodeid) for item in request.session.items) < 2000
