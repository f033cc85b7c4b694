"""Which files of a source directory go to the training job: what is ignored, what looks secret, where links lead."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_sm_training.sagemaker.errors import RequestInvalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pathspec import GitIgnoreSpec

IGNORE_FILE = ".sagemakerignore"
_MEGABYTE = 1_000_000
_NAMED_FILES = 3
# Written by Python, editors and version control while others read the directory: never part of what is trained.
_LITTER = (
    "__pycache__/",
    "*.py[cod]",
    ".git/",
    ".hg/",
    ".svn/",
    ".venv/",
    ".tox/",
    ".nox/",
    ".mypy_cache/",
    ".pytest_cache/",
    ".ruff_cache/",
    ".ipynb_checkpoints/",
    "node_modules/",
    ".DS_Store",
    f"/{IGNORE_FILE}",
)
_SECRETS = (
    ".env",
    ".env.*",
    "!.env.example",
    "!.env.sample",
    "!.env.template",
    "*.pem",
    "*.key",
    "*.p12",
    "*.pfx",
    "*.jks",
    "*.keystore",
    "*.kdbx",
    "id_rsa*",
    "id_dsa*",
    "id_ecdsa*",
    "id_ed25519*",
    ".aws/",
    ".ssh/",
    ".gnupg/",
    ".kube/",
    ".docker/",
    ".netrc",
    ".pgpass",
    ".pypirc",
    ".git-credentials",
)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """
    One file to pack.

    :param name: its name in the archive, with ``/``, relative to the source directory.
    :param path: where its content is.
    :param size: in bytes.
    :param is_executable: whether its owner may run it.
    """

    name: str
    path: Path
    size: int
    is_executable: bool


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """
    What a source directory comes to.

    :param files: in an order that depends on nothing but their names.
    :param secrets: names that were left out because they look secret; a directory ends with ``/``.
    """

    files: tuple[SourceFile, ...]
    secrets: tuple[str, ...]


def list_source_files(directory: Path, *, size_limit: int) -> SourceFiles:
    """
    List the files to pack. Symbolic links are followed, but only to what is in the directory.

    :param directory: the source directory.
    :param size_limit: bytes that all files together may have.
    :raises RequestInvalid: if it is no directory, a link leads out of it or nowhere, the ignore file has a line that is
        no pattern, or there are too many bytes.
    """
    if not directory.is_dir():
        found = "is a file" if directory.exists() else "does not exist"
        message = (
            f"source_dir {str(directory)!r} {found} on this worker. Give a directory that is deployed with the DAG "
            f"file; a relative one is looked for beside it."
        )
        raise RequestInvalid(message)
    walk = _Walk(Path(os.path.realpath(directory)), *_rules(directory))
    files: list[SourceFile] = []
    total = 0
    for file in walk.files(walk.root, "", (walk.root,)):
        files.append(file)
        total += file.size
        if total > size_limit:
            raise RequestInvalid(_too_large(directory, files, size_limit))
    return SourceFiles(tuple(files), tuple(walk.secrets))


@dataclass(frozen=True, slots=True)
class _Walk:
    root: Path
    is_ignored: Callable[[str], bool]
    looks_secret: Callable[[str], bool]
    secrets: list[str] = field(default_factory=list)

    def files(self, directory: Path, prefix: str, above: tuple[Path, ...]) -> Iterator[SourceFile]:
        with os.scandir(directory) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        for entry in found:
            name = prefix + entry.name
            if entry.is_symlink() and self._leaves_out(name, name + "/"):
                continue  # where an ignored link leads does not matter
            target = self._target(Path(entry.path), name) if entry.is_symlink() else Path(entry.path)
            is_directory = target.is_dir()
            # What a link shows is judged by both names, or a link would be a way around the rules.
            names = {name, target.relative_to(self.root).as_posix()}
            if self._leaves_out(*(f"{one}/" if is_directory else one for one in sorted(names))):
                continue
            if is_directory:
                if target in above:
                    raise RequestInvalid(_link_error(name, self.root, "leads back to a directory above it"))
                yield from self.files(target, f"{name}/", (*above, target))
            elif target.is_file():  # and no socket or pipe
                status = target.stat()
                yield SourceFile(name, target, status.st_size, bool(status.st_mode & 0o100))

    def _leaves_out(self, *names: str) -> bool:
        ignored = [name for name in names if self.is_ignored(name)]
        self.secrets.extend(name for name in ignored[:1] if self.looks_secret(name))
        return bool(ignored)

    def _target(self, link: Path, name: str) -> Path:
        try:
            target = Path(os.path.realpath(link, strict=True))
        except OSError:
            raise RequestInvalid(_link_error(name, self.root, "leads nowhere")) from None
        if not target.is_relative_to(self.root):
            raise RequestInvalid(_link_error(name, self.root, f"leads out of it, to {str(target)!r}"))
        return target


def _rules(directory: Path) -> tuple[Callable[[str], bool], Callable[[str], bool]]:
    secrets = _patterns(_SECRETS)
    own = _own_patterns(directory / IGNORE_FILE)
    # The last pattern that matches decides, so the user's own can bring back what the others leave out.
    return _patterns((*_LITTER, *_SECRETS, *own)).match_file, secrets.match_file


def _own_patterns(ignore_file: Path) -> tuple[str, ...]:
    if not ignore_file.is_file():
        return ()
    lines = tuple(ignore_file.read_text(encoding="utf-8").splitlines())
    for number, line in enumerate(lines, start=1):
        try:
            _patterns([line])
        except ValueError:
            message = f"Line {number} of {str(ignore_file)!r} is no pattern as in .gitignore: {line!r}. Correct it."
            raise RequestInvalid(message) from None
    return lines


def _patterns(lines: tuple[str, ...] | list[str]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - a DAG file that only describes a script needs none

    return GitIgnoreSpec.from_lines(lines)


def _link_error(name: str, root: Path, where: str) -> str:
    return (
        f"The symbolic link {name!r} in source_dir {str(root)!r} {where}. Replace it by the file itself, or list it in "
        f"{IGNORE_FILE}."
    )


def _too_large(directory: Path, files: list[SourceFile], size_limit: int) -> str:
    largest = sorted(files, key=lambda file: -file.size)[:_NAMED_FILES]
    named = ", ".join(f"{file.name} ({file.size / _MEGABYTE:.1f} MB)" for file in largest)
    return (
        f"source_dir {str(directory)!r} has more than {size_limit / _MEGABYTE:g} MB; the largest found: {named}. List "
        f"what the script does not need in {IGNORE_FILE}, hand data over as a channel in InputDataConfig, or raise "
        f"size_limit_in_mb."
    )
