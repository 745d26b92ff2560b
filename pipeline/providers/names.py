"""Where the vendors are; light to import."""

OFFICIAL_HOST = "api.wavespeed.ai"
OFFICIAL_BASE = f"https://{OFFICIAL_HOST}"
