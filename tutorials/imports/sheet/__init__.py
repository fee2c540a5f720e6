"""The programme as organisers have it: a list, CSV or XLSX, with a row or several to a tutorial.

``tutorials.imports.tables`` reads the rows of a file; then:

| file | question |
| --- | --- |
| ``columns.py`` | which column says what? |
| ``rows.py`` | what do the rows say, and what is wrong with them? |
| ``billing.py`` | who presents, as a row says it? |
| ``times.py`` | which day and time does a cell mean? |
| ``people.py`` | which person is meant? |
| ``places.py`` | which session, room, venue and track? |
| ``planning.py`` | what would become of it? |
| ``applying.py`` | how is it written? |
| ``report.py`` | what did it do? |
"""

from tutorials.imports.sheet.applying import PlanChanged, import_sheet, plan_sheet
from tutorials.imports.sheet.planning import Choices, Plan
from tutorials.imports.sheet.report import Report

__all__ = ["Choices", "Plan", "PlanChanged", "Report", "import_sheet", "plan_sheet"]
