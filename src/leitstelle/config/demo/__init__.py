"""The demo company: people, devices and ticket stories, loaded through the ordinary actions.

`content` holds the texts, `company` the people, `stories` picks and expands, `words` fills placeholders, `play`
lives a story through. Delivers nothing to anybody: a demo sends no mail.
"""

from leitstelle.config.demo.loading import SignIn, is_loaded, load, sign_ins

__all__ = ["SignIn", "is_loaded", "load", "sign_ins"]
