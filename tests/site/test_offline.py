"""The offline copy is the site, packed the same way twice."""

import zipfile

from attention_views.offline import pack_site


def test_a_site_is_packed_under_one_folder_and_twice_alike(tmp_path):
    site = tmp_path / "seeing-attention"
    (site / "en").mkdir(parents=True)
    (site / "index.html").write_text("中文")
    (site / "en/index.html").write_text("English")
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"
    assert pack_site(site, first) == first.stat().st_size
    (site / "index.html").touch()
    pack_site(site, second)
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert archive.namelist() == [
            "seeing-attention/en/index.html",
            "seeing-attention/index.html",
        ]
        assert archive.read("seeing-attention/index.html").decode() == "中文"
