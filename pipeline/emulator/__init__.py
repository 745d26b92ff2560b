"""The embedded provider: the vendor's HTTP protocol in-process, with its own state and books."""
