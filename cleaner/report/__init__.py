"""Reports to look at, in a browser and from disk: one page with its paragraphs, or an index of many documents.

Text of pages is hostile here: it is escaped on its way in (:mod:`cleaner.report.markup`), and a policy in every file
lets nothing run or load but the files of ``assets/``.
"""

from __future__ import annotations

from cleaner.report.assets import is_report
from cleaner.report.folder import FolderReport, PageViews, view_name
from cleaner.report.page import render_page

__all__ = ["FolderReport", "PageViews", "is_report", "render_page", "view_name"]
