"""Content is stored once, named by its hash, and every changed bit is found."""

from __future__ import annotations

import hashlib
import json
import os
import random
from pathlib import Path

import pytest
from forked import PROCESSES

from studio.domain.errors import InvalidError, NotFoundError, StudioError
from studio.storage.artifact_files import hash_file
from studio.storage.artifacts import ArtifactStore, digest_of
from studio.storage.backup import check_integrity


def add_often(root: Path, folder: Path) -> None:
    for _ in range(30):
        store = ArtifactStore(root)
        store.path(store.add(folder).digest)


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(tmp_path / "artifacts")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "model"
    (made / "sub").mkdir(parents=True)
    (made / "a.bin").write_bytes(bytes(range(256)) * 10)
    (made / "b.txt").write_text("same")
    (made / "sub" / "c.txt").write_text("same")
    return made


def blobs(store: ArtifactStore) -> list[Path]:
    return [f for f in (store.root / "blobs").rglob("*") if f.is_file()]


def test_that_the_same_bytes_are_stored_once(
    store: ArtifactStore, folder: Path
) -> None:
    artifact = store.add(folder)
    assert len(artifact.files) == 3
    assert len(blobs(store)) == 2
    assert store.add(folder) == artifact
    (folder / "b.txt").write_text("other")
    assert store.add(folder).digest != artifact.digest
    assert len(blobs(store)) == 3


def test_that_names_and_contents_both_decide_the_digest(
    store: ArtifactStore, folder: Path
) -> None:
    before = store.add(folder).digest
    assert digest_of(folder, hash_file) == before
    (folder / "b.txt").rename(folder / "d.txt")
    assert store.add(folder).digest != before


def test_that_stored_files_are_read_only_and_leave_the_original_alone(
    store: ArtifactStore, folder: Path
) -> None:
    digest = store.add(folder).digest
    for file in store.path(digest).rglob("*"):
        assert file.is_dir() or not file.stat().st_mode & 0o222
    (folder / "a.bin").write_bytes(b"changed")
    assert store.verify(digest).size_bytes == 2568


def test_that_taking_over_links_instead_of_copying(
    store: ArtifactStore, folder: Path
) -> None:
    inode = (folder / "a.bin").stat().st_ino
    digest = store.add(folder, consume=True).digest
    assert (store.path(digest) / "a.bin").stat().st_ino == inode


@pytest.mark.parametrize("target", ["folder", "file"])
def test_that_a_link_is_never_taken_over(
    store: ArtifactStore, folder: Path, tmp_path: Path, target: str
) -> None:
    link = tmp_path / "out"
    link.symlink_to(folder if target == "folder" else folder / "b.txt")
    mode = (folder / "b.txt").stat().st_mode
    with pytest.raises(InvalidError, match="link or a special file"):
        store.add(link, consume=True)
    assert (folder / "b.txt").stat().st_mode == mode


def test_that_a_file_that_has_another_name_elsewhere_is_copied_not_taken_over(
    store: ArtifactStore, folder: Path, tmp_path: Path
) -> None:
    os.link(folder / "a.bin", tmp_path / "precious.bin")
    digest = store.add(folder, consume=True).digest
    (tmp_path / "precious.bin").write_bytes(b"edited later")
    assert store.verify(digest)


def test_that_every_flipped_bit_is_found_and_its_file_named(
    store: ArtifactStore, folder: Path
) -> None:
    random.seed(2)
    digest = store.add(folder).digest
    for _ in range(100):
        blob = random.choice(blobs(store))
        content = bytearray(blob.read_bytes())
        place = random.randrange(len(content) * 8)
        content[place // 8] ^= 1 << place % 8
        kept = blob.read_bytes()
        blob.chmod(0o644)
        blob.write_bytes(content)
        with pytest.raises(InvalidError, match="no longer has the content"):
            store.verify(digest)
        with pytest.raises(InvalidError):
            store.export(digest, folder.parent / "out")
        blob.write_bytes(kept)
    assert store.verify(digest)


def test_that_a_missing_or_shortened_blob_is_not_whole(
    store: ArtifactStore, folder: Path
) -> None:
    digest = store.add(folder).digest
    assert store.whole(digest)
    blob = blobs(store)[0]
    kept = blob.read_bytes()
    blob.unlink()
    assert not store.whole(digest)
    blob.write_bytes(kept[:-1])
    assert not store.whole(digest)
    assert not store.whole("f" * 64)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"folder": true}',
        '{"folder": true, "files": [["../x", "a", 1]]}',
        '{"folder": true, "files": [["/etc/x", "a", 1]]}',
        '{"folder": true, "files": [["a/../../x", "a", 1]]}',
        '{"folder": true, "files": [[1, 2, 3]]}',
        '{"folder": true, "files": [["a"]]}',
        '{"folder": true, "files": {"a": 1}}',
        '{"folder": true, "files": [["a", "../../../etc/passwd", 1]]}',
    ],
)
def test_that_a_damaged_list_of_files_is_told_and_never_followed(
    store: ArtifactStore, folder: Path, text: str
) -> None:
    digest = store.add(folder).digest
    (store.root / "manifests" / digest).write_text(text)
    for act in (store.get, store.verify, store.path):
        with pytest.raises(InvalidError, match="damaged"):
            act(digest)
    assert not store.whole(digest)


def test_that_a_changed_list_of_files_is_found(
    store: ArtifactStore, folder: Path
) -> None:
    digest = store.add(folder).digest
    manifest = store.root / "manifests" / digest
    manifest.write_text(manifest.read_text().replace("b.txt", "z.txt"))
    with pytest.raises(InvalidError):
        store.get(digest)


@pytest.mark.parametrize(
    "file", [["../x", "a" * 64, 1], ["/x", "a" * 64, 1], ["x", "../../x", 1]]
)
def test_that_a_list_made_to_lead_out_of_the_store_is_refused(
    store: ArtifactStore, folder: Path, file: list
) -> None:
    store.add(folder)
    text = json.dumps({"folder": True, "files": [file]})
    digest = hashlib.sha256(text.encode()).hexdigest()
    (store.root / "manifests" / digest).write_text(text)
    with pytest.raises(InvalidError, match="damaged"):
        store.path(digest)


@pytest.mark.parametrize("kind", ["link", "dangling", "folder link", "pipe", "socket"])
def test_that_links_and_special_files_are_refused(
    store: ArtifactStore, folder: Path, kind: str
) -> None:
    odd = folder / "odd"
    if kind == "pipe":
        os.mkfifo(odd)
    elif kind == "socket":
        import socket

        with socket.socket(socket.AF_UNIX) as server:
            server.bind(os.path.relpath(odd))
    else:
        target = {"link": "a.bin", "dangling": "gone", "folder link": "sub"}[kind]
        odd.symlink_to(target)
    with pytest.raises(InvalidError, match="link or a special file"):
        store.add(folder)


def test_that_nothing_and_an_empty_folder_can_not_be_stored(
    store: ArtifactStore, tmp_path: Path
) -> None:
    with pytest.raises(NotFoundError):
        store.add(tmp_path / "gone")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidError, match="is empty"):
        store.add(tmp_path / "empty")


def test_that_unknown_content_is_answered_with_a_way_out(store: ArtifactStore) -> None:
    with pytest.raises(NotFoundError) as unknown:
        store.get("0" * 64)
    assert unknown.value.hint


@pytest.mark.parametrize("digest", ["../blobs", "..", "", "a/b", "\0"])
def test_that_a_digest_can_not_lead_out_of_the_store(
    store: ArtifactStore, folder: Path, digest: str
) -> None:
    store.add(folder)
    with pytest.raises(StudioError):
        store.get(digest)


def test_that_processes_storing_the_same_at_once_agree(
    store: ArtifactStore, folder: Path
) -> None:
    arguments = (store.root, folder)
    adders = [PROCESSES.Process(target=add_often, args=arguments) for _ in range(4)]
    for adder in adders:
        adder.start()
    for adder in adders:
        adder.join()
    assert [adder.exitcode for adder in adders] == [0] * 4
    store.verify(digest_of(folder, hash_file))
    assert not list((store.root / "incoming").iterdir())


def test_that_a_file_that_can_not_be_read_is_told_with_its_name(
    store: ArtifactStore, folder: Path
) -> None:
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    (folder / "a.bin").chmod(0)
    with pytest.raises(StudioError, match=r"a\.bin|model"):
        store.add(folder)


def test_that_what_is_not_a_database_fails_its_check(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"not a database" * 100)
    with pytest.raises(InvalidError, match="damaged"):
        check_integrity(tmp_path / "x.db")


def _truncate(file: Path) -> None:
    file.chmod(0o644)
    os.truncate(file, 1)


def test_that_a_damaged_file_is_told_and_stored_anew_when_it_comes_again(
    store: ArtifactStore, folder: Path
) -> None:
    artifact = store.add(folder)
    before = (store.path(artifact.digest) / "b.txt").read_text()
    for blob in blobs(store):
        _truncate(blob)
    assert store.damaged(artifact.digest)
    with pytest.raises(InvalidError, match=r"'a.bin' .* is damaged"):
        store.path(artifact.digest)
    with pytest.raises(InvalidError, match="is damaged"):
        store.secure(artifact.digest)
    assert store.add(folder) == artifact
    assert store.whole(artifact.digest)
    assert not store.damaged(artifact.digest)
    assert (store.path(artifact.digest) / "b.txt").read_text() == before
    assert store.verify(artifact.digest) == artifact


def test_that_a_damaged_file_is_replaced_by_one_that_is_taken_over(
    store: ArtifactStore, folder: Path
) -> None:
    file = folder / "a.bin"
    digest = store.add(file).digest
    store.folder(digest)
    store.path(digest)
    for blob in blobs(store):
        _truncate(blob)
    content = file.read_bytes()
    assert store.add(file, consume=True).digest == digest
    assert store.path(digest).read_bytes() == content
    assert (store.folder(digest) / "a.bin").read_bytes() == content
    assert list((store.root / "incoming").iterdir()) == []


def test_that_a_damaged_list_of_files_is_written_anew(
    store: ArtifactStore, folder: Path
) -> None:
    digest = store.add(folder).digest
    _truncate(store.root / "manifests" / digest)
    assert store.damaged(digest)
    store.add(folder)
    assert store.whole(digest)
