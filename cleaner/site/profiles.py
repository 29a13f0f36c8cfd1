"""A folder of profiles: one JSON file a site, read when a page of the site comes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from cleaner.errors import SetupError
from cleaner.site.key import cluster_key, split_cluster

if TYPE_CHECKING:
    from cleaner.site.profile import Profile  # waits for numpy, which `cleaner --help` should not

__all__ = ["Profiles", "cluster_profiles", "profile_file"]

_KEPT_READ = 64
"""Profiles held in memory; pages come mostly one site after the other."""
_UNSAFE = re.compile(r"[^\w.-]+")
_NAME_CHARACTERS = 80
_OF_CLUSTER = re.compile(rf"(?:_[0-9a-f]{{16}}|^.{{{_NAME_CHARACTERS}}})~[0-9a-f]{{8}}\.json$")
"""How the file of a cluster is called: by its paragraph, unless the name of its folder is too long for that."""


def profile_file(site: str) -> str:
    """Return the name of a site's file; sites never share one.

    >>> profile_file("example.org"), profile_file("paper/2024")
    ('example.org.json', 'paper_2024~2e53205b.json')
    """
    name = _UNSAFE.sub("_", site).lstrip(".")[:_NAME_CHARACTERS]
    if name != site or name != name.lower():
        name += f"~{hashlib.sha256(site.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"
    return f"{name}.json"


def cluster_profiles(place: Path, folders: Collection[str]) -> Iterator[tuple[Path, Profile]]:
    """Yield the profiles in ``place`` that are of clusters of these folders of pages, and have the name for it.

    What cannot be read as a profile is passed over, whatever it is called.
    """
    from cleaner.site.profile import read_profile

    for path in sorted(place.glob("*.json")):
        if not _OF_CLUSTER.search(path.name):
            continue
        try:
            profile = read_profile(path.read_bytes(), where=str(path))
        except (OSError, SetupError):
            continue
        folder, links = split_cluster(profile.site)
        if links and folder in folders and path.name == profile_file(profile.site):
            yield path, profile


class Profiles:
    """The profiles in a folder; picklable, and cheap until one is asked for."""

    def __init__(self, folder: str | Path) -> None:
        """Name the folder. Raises SetupError ``no_profiles`` when it holds none."""
        self.folder = Path(folder)
        if not any(self.folder.glob("*.json")):
            raise SetupError(
                "no_profiles",
                f"{folder} holds no profiles of sites. Try: cleaner learn PAGES -o {folder}",
                where=str(folder),
            )

    def of(self, site: str) -> Profile | None:
        """Return the profile of a site; None when there is none. Raises SetupError ``bad_profile``."""
        return _read(self.folder / profile_file(site)) if site else None

    def nearest(self, site: str, links: Iterable[int] = ()) -> Profile | None:
        """Return the profile of a site; for a folder, also that of the same folder named from further down.

        ``in/paper/2024`` has the profile of ``paper/2024`` or ``2024``, whichever there is, the longest first. Of a
        folder that was divided (:func:`cleaner.site.clusters.clusters`) it is that of the cluster for which one of
        ``links`` stands, if any; a cluster that has no profile has that of its folder.
        """
        folder, named = split_cluster(site)
        steps = folder.split("/")
        names = ["/".join(steps[at:]) for at in range(len(steps))]
        keys = ((*(cluster_key(name, link) for link in (*named, *links)), name) for name in names)
        return next((found for key in chain.from_iterable(keys) if (found := self.of(key))), None)

    def __iter__(self) -> Iterator[Path]:
        return iter(sorted(self.folder.glob("*.json")))

    @property
    def digest(self) -> str:
        """A hash of all that is in the files, 16 digits."""
        total = hashlib.sha256()
        for path in self:
            total.update(f"{path.name} ".encode("utf-8", "surrogateescape") + path.read_bytes())
        return total.hexdigest()[:16]


def _read(path: Path) -> Profile | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return _read_once(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=_KEPT_READ)
def _read_once(path: Path, _changed: int, _size: int) -> Profile:
    from cleaner.site.profile import read_profile

    try:
        return read_profile(path.read_bytes(), where=str(path))
    except OSError as error:
        raise SetupError("bad_profile", f"{path} cannot be read: {error.strerror}.", where=str(path)) from error
