"""MkDocs events, each one call: what they do stands in attention_views.build."""

from pathlib import Path

from mkdocs.commands.build import build as build_site
from mkdocs.config import load_config
from mkdocs.structure.files import File

from attention_views import build, publish

HERE = Path(__file__).parent


def on_config(config):
    """Without an address the site is built to work anywhere, opened from disk too."""
    if not config.site_url:
        config.use_directory_urls = False
        config.theme["features"].remove("navigation.instant")  # Material fails with it from disk


def on_pre_build(config):
    """The Chinese site comes first: building it empties the folder that holds the English one."""
    if config.theme["language"] == "zh":
        build.begin()


def on_env(env, config, files):
    build.ready_templates(env)


def on_files(files, config):
    language = config.theme["language"]
    build.check(Path(config.docs_dir), config.nav, language=language)
    for address, path in build.beside_pages(language).items():
        files.append(File.generated(config, address, abs_src_path=str(path)))
    for file in list(files):
        if publish.is_dead_weight(file.src_uri):
            files.remove(file)
    return files


def on_post_build(config):
    """One command builds, and one serves, both languages."""
    build.finish_language(Path(config.site_dir), config.theme["language"])
    if config.theme["language"] == "zh":
        english = {
            "site_dir": f"{config.site_dir}/en",
            "site_url": f"{config.site_url}en/" if config.site_url else "",
            "use_directory_urls": config.use_directory_urls,
            "strict": config.strict,
        }
        build_site(load_config(str(HERE / "en.yml"), **english))
        build.finish(Path(config.site_dir), config.extra)
