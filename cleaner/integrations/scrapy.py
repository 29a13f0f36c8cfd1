"""Scrapy: an item pipeline that cleans the page of each item.

Extra ``scrapy``. In the project's settings::

    ITEM_PIPELINES = {"cleaner.integrations.scrapy.CleanerPipeline": 300}

``CLEANER_HTML_FIELD`` (default ``html``) and ``CLEANER_URL_FIELD`` (``url``) name the fields of the items that hold
page and address, ``CLEANER_FIELDS`` lists the fields of the record to be set, ``CLEANER_SETTINGS`` is a dict of
:class:`cleaner.Settings`, ``CLEANER_TIMEOUT`` is in seconds (60).
"""

from __future__ import annotations

from typing import Any

from itemadapter import ItemAdapter
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import DeferredSemaphore
from twisted.internet.threads import deferToThread

from cleaner.batch import RowRecipe, clean_rows, end_workers, row_example, usable_cores
from cleaner.errors import SetupError
from cleaner.settings import Settings

__all__ = ["FIELDS", "CleanerPipeline"]

FIELDS = ("text", "title", "authors", "date_published", "language", "status", "error_code")
"""What is set in each item unless ``CLEANER_FIELDS`` says otherwise."""


class CleanerPipeline:
    """Set the fields of the record in each item and take the page out of it; items without a page are left alone.

    Pages are cleaned in processes of their own, one a core, with a deadline, so that neither a page nor the wait
    for one stops the crawl. A page that fails leaves empty fields and an ``error_code``; no item is dropped.
    """

    def __init__(self, recipe: RowRecipe, *, html_field: str, url_field: str, fields: tuple[str, ...]) -> None:
        unknown = [name for name in fields if name not in row_example()]
        if unknown:
            raise SetupError("no_such_field", f"CLEANER_FIELDS names {unknown[0]}, which is no field of the records.")
        self.recipe, self.html_field, self.url_field, self.fields = recipe, html_field, url_field, fields
        self.turns = DeferredSemaphore(usable_cores())

    @classmethod
    def from_crawler(cls, crawler: Any) -> CleanerPipeline:
        """Read the settings of the project. Raises SetupError when they cannot be."""
        given = crawler.settings
        settings = Settings.from_mapping(given.getdict("CLEANER_SETTINGS"), where="CLEANER_SETTINGS")
        return cls(
            RowRecipe(settings=settings, timeout_seconds=given.getfloat("CLEANER_TIMEOUT", 60.0)),
            html_field=given.get("CLEANER_HTML_FIELD", "html"),
            url_field=given.get("CLEANER_URL_FIELD", "url"),
            fields=tuple(given.getlist("CLEANER_FIELDS", FIELDS)),
        )

    async def process_item(self, item: Any) -> Any:
        """Return the item with its page cleaned."""
        adapter = ItemAdapter(item)
        if adapter.get(self.html_field) is None:
            return item
        rows = [{"html": adapter[self.html_field], "url": adapter.get(self.url_field)}]
        [record] = await maybe_deferred_to_future(self.turns.run(deferToThread, clean_rows, rows, self.recipe))
        for name in self.fields:
            adapter[name] = record[name]
        if self.html_field not in self.fields:
            del adapter[self.html_field]
        return item

    def close_spider(self) -> None:
        """End the processes that cleaned."""
        end_workers()
