"""How minilm-qa was trained and measured; not part of the installed package."""
