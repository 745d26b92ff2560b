"""Providers: one module each; nobody else knows a vendor's words."""
