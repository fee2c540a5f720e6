"""Who has a ticket? The people of a ticket shop's file, CSV or XLSX.

``tutorials.imports.tables`` reads the rows of a file; then:

| file | question |
| --- | --- |
| ``columns.py`` | which column says what? |
| ``tickets.py`` | what does a row say, and what is wrong with it? |
| ``matching.py`` | which attendee does it mean? |
| ``applying.py`` | what is written? |
| ``report.py`` | what did it do? |
"""

from tutorials.imports.attendees.applying import import_attendees
from tutorials.imports.attendees.report import Report
from tutorials.imports.faults import FaultyFile

__all__ = ["FaultyFile", "Report", "import_attendees"]
