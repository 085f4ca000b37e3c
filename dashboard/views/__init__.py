"""One page each: choose, query, draw, offer the downloads."""
