"""What comes from a student made harmless: outputs, pictures, Markdown, JSON, files."""
