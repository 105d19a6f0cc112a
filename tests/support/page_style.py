"""The theme's colours, for a page without the theme."""

DARK = """<style>[data-md-color-scheme=slate] {background: #14161b; color: #e2e4e9;
--md-default-bg-color: #14161b; --md-default-fg-color: #e2e4e9;
--md-default-fg-color--light: #a9adb5}
[data-md-color-scheme=default] {--md-default-fg-color--light: #5c5f66}</style>"""
