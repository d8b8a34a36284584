"""Talkdeck's rules and data; knows nothing of any screen."""
