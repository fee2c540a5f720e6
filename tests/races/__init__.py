"""Do the rules hold when processes race, and when one is killed?

| file | holds |
| --- | --- |
| ``crew.py`` | the processes, and how they start at the same moment |
| ``child.py`` | one of them |
| ``actions.py`` | what they do |
| ``scenarios.py`` | who races whom, and what must be true in the end |
"""
