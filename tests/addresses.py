"""Which addresses does the site have?"""

from django.urls import get_resolver


def routes(resolver=None, prefix=""):
    """The route of every address, as `urls.py` spells it."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern, route)
        else:
            yield route
