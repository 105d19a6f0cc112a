"""MkDocs events, each one call: what they do stands in attention_views."""

from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.structure.files import File

from attention_views import lesson_rules, live, live_write, notebooks, publish, search, terms
from attention_views.home import resolve_links

HERE = Path(__file__).parent


def on_config(config):
    """Without an address the site is built to work anywhere, opened from disk too."""
    if not config.site_url:
        config.use_directory_urls = False
        config.theme["features"].remove("navigation.instant")  # Material fails with it from disk


def on_pre_build(config):
    """The Chinese site comes first: building it empties the folder that holds the English one."""
    if config.theme["language"] == "zh":
        publish.begin()
        terms.teach_search(HERE.parent / "lessons/glossary.toml")


def on_files(files, config):
    nav_in = "mkdocs.yml" if config.theme["language"] == "zh" else "site/en.yml"
    lesson_rules.report(Path(config.docs_dir), config.nav, nav_in)
    language = config.theme["language"]
    for path in [*notebooks.needed(language), *notebooks.offered(language)]:
        address = f"{notebooks.FOLDER}/{path.name}"
        files.append(File.generated(config, address, abs_src_path=str(path)))
    for file in list(files):
        if publish.is_dead_weight(file.src_uri):
            files.remove(file)
    return files


def on_page_content(html, page, config, files):
    return resolve_links(html, page.file, files)


def on_post_build(config):
    """One command builds, and one serves, both languages."""
    language = config.theme["language"]
    search.write_index(Path(config.site_dir), language, HERE.parent / "lessons")
    if language == "zh":
        english = {
            "site_dir": f"{config.site_dir}/en",
            "site_url": f"{config.site_url}en/" if config.site_url else "",
            "use_directory_urls": config.use_directory_urls,
            "strict": config.strict,
        }
        build(load_config(str(HERE / "en.yml"), **english))
        publish.publish_views(Path(config.site_dir))
        search.publish_search(Path(config.site_dir))
        live.publish_live(Path(config.site_dir), model=config.extra["live_model"])
        live_write.publish_smollm2(Path(config.site_dir), model=config.extra["live_smollm2"])
