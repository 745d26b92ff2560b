"""Facts to text, Markdown and HTML; reads no clock and opens no file but its own templates."""
