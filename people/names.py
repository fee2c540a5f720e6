"""How is a name sorted?"""


def sort_name_of(name: str) -> str:
    """Guess the form a list sorts by: ``Volkan Cevher`` gives ``Cevher, Volkan``.

    A guess it stays, since names differ over the world, so every sort name can be edited. A name
    that holds a comma already, or is one word, is left as it is.
    """
    words = name.split()
    if "," in name or len(words) < 2:
        return " ".join(words)
    return f"{words[-1]}, {' '.join(words[:-1])}"
